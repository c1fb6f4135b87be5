using Xunit;

namespace App;

public class AnswersTest
{
    [Fact]
    public void TheFrontPageGreets() => Assert.Equal("Hello from orders\n", Answers.Greeting);
}
