// An HTTP service; it listens on the port of ASPNETCORE_HTTP_PORTS.
var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();

app.MapGet("/healthz", () => "ok\n");
app.MapGet("/", () => App.Answers.Greeting);

app.Run();

namespace App
{
    public static class Answers
    {
        public const string Greeting = "Hello from orders\n";
    }
}
