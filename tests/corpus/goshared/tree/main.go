package main

import (
	"net/http"

	"example.com/lib"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(lib.Word)) })
	http.ListenAndServe(":9000", nil)
}
