// Command expansion says what BuildKit makes of words of a Dockerfile.
//
// Each line of its input is a word as JSON; each line of its output the word expanded, or null for one that
// is refused.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type values map[string]string

func (v values) Get(key string) (string, bool) {
	value, ok := v[key]
	return value, ok
}

func (v values) Keys() []string {
	keys := make([]string, 0, len(v))
	for key := range v {
		keys = append(keys, key)
	}
	return keys
}

func main() {
	known := values{"V": "1.2.3", "EMPTY": "", "P": "a/b/c"}
	lines := bufio.NewScanner(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for lines.Scan() {
		var word string
		if err := json.Unmarshal(lines.Bytes(), &word); err != nil {
			panic(err)
		}
		var answer *string
		if result, err := shell.NewLex('\\').ProcessWordWithMatches(word, known); err == nil {
			answer = &result.Result
		}
		if err := answers.Encode(answer); err != nil {
			panic(err)
		}
	}
}
