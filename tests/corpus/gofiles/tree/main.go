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
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { pages.ExecuteTemplate(w, "index.html", nil) })
	http.Handle("/static/", http.FileServer(http.Dir("./static")))
	http.ListenAndServe(":"+port, nil)
}
