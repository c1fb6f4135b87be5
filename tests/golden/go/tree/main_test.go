package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(path string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	routes().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder
}

func TestFrontPageGreets(t *testing.T) {
	answer := get("/")
	if answer.Code != http.StatusOK || !strings.HasPrefix(answer.Body.String(), "Hello from ") {
		t.Errorf("got %d %q", answer.Code, answer.Body)
	}
}

func TestUnknownPathIsNotFound(t *testing.T) {
	if code := get("/nowhere").Code; code != http.StatusNotFound {
		t.Errorf("got %d", code)
	}
}

func TestItSaysThatItIsHealthy(t *testing.T) {
	if code := get("/healthz").Code; code != http.StatusOK {
		t.Errorf("got %d", code)
	}
}
