package main

import (
	"net/http"

	_ "github.com/mattn/go-sqlite3"
)

func main() {
	server := &http.Server{Addr: ":8080"}
	server.ListenAndServe()
}
