// Start the service; it listens on $PORT.
import { makeServer } from "./app.js";

const port = Number(process.env.PORT ?? 8080);
const server = makeServer().listen(port, () => console.log(`listening on :${port}`));

// Kubernetes stops a pod with SIGTERM and waits for the requests under way.
process.on("SIGTERM", () => server.close(() => process.exit(0)));
