import { createServer } from "node:http";
import { answer } from "./answer.mjs";

createServer((request, response) => response.end(answer(request.url))).listen(8081);
