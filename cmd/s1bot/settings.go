package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"s1bot/render"
)

// A setting is one environment variable, as people read about it.
type setting struct {
	Name    string
	Default string // or "required", or "none"
	Meaning string // words in 'single quotes' are to be typed as they are
	Secret  bool   // its value is not shown, and may stand in a file that NAME_FILE names
}

// settings are all there are, in the order of config.
func settings() (all []setting) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[config]()) {
		if name := f.Tag.Get("env"); name != "" {
			all = append(all, setting{name, cmp.Or(f.Tag.Get("envDefault"), f.Tag.Get("unset")), f.Tag.Get("means"), slices.Contains(secrets(), name)})
		}
	}
	return all
}

// optional tells whether the default is a value, so that the program starts without the setting and does the same.
func (s setting) optional() bool { return s.Default != "required" && s.Default != "none" }

type settingsCmd struct{}

// Help is shown by `s1bot settings --help`.
func (settingsCmd) Help() string {
	return "Prints every setting with its value as it is here, its default and its meaning. Secrets are not shown, only whether they are set. `s1bot check` tests the values."
}

// Run prints the settings, also where some are wrong or missing: that is when they are looked up.
func (settingsCmd) Run(std streams) error {
	given := environment()
	effective := maps.Clone(given)
	_, problems := readConfig(effective)
	for _, s := range settings() {
		if _, err := fmt.Fprintf(std.out, "%s = %s\n    default: %s\n    %s\n", s.Name, render.Visible(s.value(given, effective)), s.Default, s.Meaning); err != nil {
			return err
		}
	}
	if problems != nil {
		_, err := fmt.Fprintf(std.out, "\n%v\n", settingsError{problems})
		return err
	}
	return nil
}

// value is what a person may see of the value that holds, and where it is from unless it is the
// variable itself.
//
// given is the environment as it was, effective with files and defaults put in: only the difference
// tells where a value is from.
func (s setting) value(given, effective map[string]string) string {
	path := given[s.Name+"_FILE"]
	value, set := given[s.Name]
	switch {
	case s.Secret && path != "":
		return s.masked(effective[s.Name]) + " (from " + path + ")"
	case set && value != "":
		return s.masked(value)
	case set && s.Name == "S1BOT_HTTP_ADDR": // the one setting that means something when empty
		return "(empty)"
	case s.optional():
		return s.Default + " (default)"
	}
	return "(not set)"
}

// masked hides a secret. The database's address is told without what stands before the @, which
// holds the password.
//
// Only the scheme, host and path are put together again, so a password in the query is not shown
// either. What cannot be taken apart is hidden whole.
func (s setting) masked(value string) string {
	switch {
	case !s.Secret || strings.HasPrefix(value, "sqlite:"):
		return value
	case s.Name == "S1BOT_DATABASE_URL":
		if u, err := url.Parse(value); err == nil && u.Host != "" {
			return u.Scheme + "://•••@" + u.Host + u.Path
		}
	}
	return "•••"
}

// typed finds words in 'single quotes'; an apostrophe within a word is none.
var typed = regexp.MustCompile(`(^|[ (])'([^']+)'`)

// settingsTable is the table of README.md.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, s := range settings() {
		def := s.Default
		if s.optional() {
			def = "`" + def + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.Name, def, typed.ReplaceAllString(s.Meaning, "$1`$2`"))
	}
	return b.String()
}
