const express = require("express");

const app = express();
app.get("/", (_request, response) => response.send("taken in"));

const port = process.env.PORT || 3000;
app.listen(port, () => console.log(`listening on ${port}`));
