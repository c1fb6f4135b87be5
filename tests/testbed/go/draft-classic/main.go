// Command draft-classic does what classic Draft 0.16 does with packs and draft.toml, by its own packages
// and Helm 2's.
//
//	draft-classic create HOME PACK DIR NAME   makes DIR an application from the pack of that name, and prints
//	                                          the chart's name, its templates and the tasks
//	draft-classic read FILE ENVIRONMENT       prints an environment of a draft.toml as JSON, key by key
//	draft-classic write FILE                  writes the draft.toml that `draft create` would in DIR
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/Azure/draft/pkg/draft/manifest"
	"github.com/Azure/draft/pkg/draft/pack"
	"github.com/Azure/draft/pkg/tasks"
	"github.com/BurntSushi/toml"
	"k8s.io/helm/pkg/chartutil"
)

func main() {
	verbs := map[string]func([]string) (any, error){
		"create": create, "read": read, "write": write,
	}
	answer, err := verbs[os.Args[1]](os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		panic(err)
	}
}

func create(words []string) (any, error) {
	home, name, folder, app := words[0], words[1], words[2], words[3]
	found, err := pack.Find(filepath.Join(home, "packs"), name)
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("packs of the name %s: %v %v", name, found, err)
	}
	if err := pack.CreateFrom(folder, found[0], app); err != nil {
		return nil, err
	}
	known, err := tasks.Load(filepath.Join(folder, pack.TargetTasksFileName))
	if err != nil {
		return nil, err
	}
	made, err := chartutil.LoadDir(filepath.Join(folder, pack.ChartsDir, app))
	if err != nil {
		return nil, err
	}
	templates := []string{}
	for _, each := range made.Templates {
		templates = append(templates, each.Name)
	}
	return map[string]any{"chart": made.Metadata.Name, "templates": templates, "tasks": known}, nil
}

func read(words []string) (any, error) {
	read, err := manifest.Load(words[0])
	if err != nil {
		return nil, err
	}
	there, ok := read.Environments[words[1]]
	if !ok {
		return nil, fmt.Errorf("no environment named %s", words[1])
	}
	found, of := map[string]any{}, reflect.ValueOf(*there)
	for i := 0; i < of.NumField(); i++ {
		key, _, _ := strings.Cut(of.Type().Field(i).Tag.Get("toml"), ",")
		found[key] = of.Field(i).Interface()
	}
	return found, nil
}

func write(words []string) (any, error) {
	file, err := os.Create(words[0])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return nil, toml.NewEncoder(file).Encode(manifest.New())
}
