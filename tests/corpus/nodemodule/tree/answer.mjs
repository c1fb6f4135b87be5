export const answer = (url) => (url === "/health" ? "ok" : "taken in");
