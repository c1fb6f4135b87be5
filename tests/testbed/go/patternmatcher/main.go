// Command patternmatcher says what Docker's own matcher makes of patterns and paths.
//
// Each line of its input is a JSON object with the text of a .dockerignore and paths; each line of its output
// the list of those that are left out, or null for a text that is refused.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

type question struct {
	Text  string   `json:"text"`
	Paths []string `json:"paths"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		if err := answers.Encode(excluded(asked)); err != nil {
			panic(err)
		}
	}
}

func excluded(asked question) []string {
	patterns, err := ignorefile.ReadAll(strings.NewReader(asked.Text))
	if err != nil {
		return nil
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil
	}
	out := []string{}
	for _, path := range asked.Paths {
		match, err := matcher.MatchesOrParentMatches(path)
		if err != nil {
			return nil
		}
		if match {
			out = append(out, path)
		}
	}
	return out
}
