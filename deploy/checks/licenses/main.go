// Command licenses collects the licenses of all that the bot's binaries contain, for every platform
// of a release, and refuses one that is not on its list: go run ./licenses FILE writes their texts,
// as most of them ask whoever passes the binaries on.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// allowed are the licenses that the bot may be passed on with, under its own (Apache-2.0).
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"}

// platforms are those of `make release`, which a test compares.
var platforms = []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64", "windows_arm64"}

// A module is a dependency, as the go command names it.
type module struct {
	Path, Version, Dir string
	Main               bool
	Replace            *module
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: licenses FILE")
		os.Exit(2)
	}
	var out bytes.Buffer
	if err := collect(&out, "../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := os.WriteFile(os.Args[1], out.Bytes(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// collect writes the licenses of the program in root; every one that is missing or not allowed is
// in the error.
func collect(out io.Writer, root string) error {
	modules, err := dependencies(root)
	if err != nil {
		return err
	}
	var problems []error
	for _, m := range modules {
		names, texts, err := licensesOf(m)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		fmt.Fprintf(out, "==== %s %s (%s)\n\n%s\n\n", m.Path, m.Version, strings.Join(names, ", "), texts)
	}
	return errors.Join(problems...)
}

// dependencies are the modules of which something is in a binary, on any platform, and Go itself.
func dependencies(root string) ([]module, error) {
	found := map[string]module{}
	for _, platform := range platforms {
		system, machine, _ := strings.Cut(platform, "_")
		list := exec.Command("go", "list", "-deps", "-json=Module", "./cmd/s1bot")
		list.Dir, list.Env = root, append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+machine)
		list.Stderr = os.Stderr
		body, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("list what the bot consists of on %s: %w", platform, err)
		}
		for decoder := json.NewDecoder(bytes.NewReader(body)); decoder.More(); {
			var p struct{ Module *module }
			if err := decoder.Decode(&p); err != nil {
				return nil, err
			}
			if p.Module != nil && !p.Module.Main {
				found[p.Module.Path] = *p.Module
			}
		}
	}
	goroot, err := exec.Command("go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return nil, fmt.Errorf("ask where Go is: %w", err)
	}
	dir, version, _ := strings.Cut(strings.TrimSpace(string(goroot)), "\n")
	found["std"] = module{Path: "std", Version: version, Dir: dir}
	return slices.SortedFunc(maps.Values(found), func(a, b module) int { return strings.Compare(a.Path, b.Path) }), nil
}

var licenseFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// licensesOf names a module's licenses and returns their texts.
func licensesOf(m module) (names []string, texts string, err error) {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", m.Path, err)
	}
	var all []string
	for _, e := range entries {
		if e.IsDir() || !licenseFile.MatchString(e.Name()) {
			continue
		}
		body, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", m.Path, err)
		}
		if name := identify(string(body)); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
		all = append(all, strings.TrimSpace(string(body)))
	}
	if len(names) == 0 {
		return nil, "", fmt.Errorf("%s %s has no license that is known here", m.Path, m.Version)
	}
	for _, name := range names {
		if !slices.Contains(allowed, name) {
			return nil, "", fmt.Errorf("%s %s is under %s, which is not on the list of deploy/checks/licenses", m.Path, m.Version, name)
		}
	}
	return names, strings.Join(all, "\n\n"), nil
}

// marks are words that a license has and those before it do not. The Mozilla license names the GNU
// licenses, which may take its place.
var marks = []struct{ name, words string }{
	{"MPL-2.0", "mozilla public license version 2.0"},
	{"GPL", "gnu general public license"}, {"GPL", "gnu affero general public license"}, {"GPL", "gnu lesser general public license"},
	{"Apache-2.0", "apache license version 2.0"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"ISC", "permission to use, copy, modify, and distribute this software for any purpose"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"BSD-3-Clause", "names of its contributors may"}, {"BSD-3-Clause", "nor the names of"}, {"BSD-3-Clause", "neither the name"},
	{"BSD-2-Clause", "redistribution and use in source and binary forms"},
}

// identify is the name of a license by its text; empty for another text, such as a notice.
func identify(body string) string {
	plain := strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(body, ",", ", "))), " ")
	plain = strings.ReplaceAll(plain, "license, version", "license version")
	for _, m := range marks {
		if strings.Contains(plain, m.words) {
			return m.name
		}
	}
	return ""
}
