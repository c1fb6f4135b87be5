require "sinatra"

get("/") { "taken in" }
