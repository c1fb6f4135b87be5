package main

import (
	"html/template"
	"net/http"
	"os"
)

var pages = template.Must(template.ParseGlob("templates/*.html"))

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	http.Handle("/static/", http.FileServer(http.Dir("./static")))
	http.ListenAndServe(":"+port, nil)
}
