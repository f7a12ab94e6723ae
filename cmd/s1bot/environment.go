package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	"s1bot/commands/text"
)

// exitSettings is the exit code where settings are wrong: EX_CONFIG of sysexits(3). Whoever restarts the program on failure need not
// then: the settings stay as they are (see RestartPreventExitStatus in deploy/s1bot.service).
const exitSettings = 78

// A settingsError lists what is wrong with the settings, one problem a line.
type settingsError struct{ problems error }

func (e settingsError) Error() string { return "these settings need attention:\n" + e.problems.Error() }

func (e settingsError) Unwrap() error { return e.problems }

// environment is the process's own, as readConfig wants it.
func environment() map[string]string {
	return env.ToMap(os.Environ())
}

// ours are the names that the program looks after: one that it does not know is mistyped, and a setting that nobody reads is worse
// than none.
var ours = regexp.MustCompile(`^S1(BOT)?_`)

// notOurs are names that begin like ours and were put there by others: Kubernetes names each service of the namespace in the
// environment ("Accessing the Service › Environment variables"), also one called s1bot; S1BOT_TEST_… are those of the tests.
var notOurs = regexp.MustCompile(`_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$|^S1BOT_TEST_`)

// unknownSettings lists the variables that look like settings and are none, with the names that were probably meant.
func unknownSettings(environ map[string]string) error {
	known := settingNames()
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		if !ours.MatchString(name) || notOurs.MatchString(name) || slices.Contains(known, name) {
			continue
		}
		problems = append(problems, fmt.Errorf("%s: there is no such setting%s", name, meantSetting(name, known)))
	}
	return errors.Join(problems...)
}

// meantSetting offers the nearest names, else those that have the same words and more or fewer of them: S1_TOKEN is S1_API_TOKEN.
func meantSetting(name string, known []string) string {
	if near := text.Nearest(name, known); len(near) > 0 {
		return text.Suggestion(near)
	}
	words := strings.Split(name, "_")
	within := func(some, all []string) bool {
		return !slices.ContainsFunc(some, func(w string) bool { return !slices.Contains(all, w) })
	}
	var related []string
	for _, k := range known {
		if parts := strings.Split(k, "_"); len(words) > 1 && (within(words, parts) || within(parts, words)) {
			related = append(related, k)
		}
	}
	return text.Suggestion(related)
}

// settingNames are the variables that the program reads.
func settingNames() (names []string) {
	for _, s := range settings() {
		names = append(names, s.Name)
		if s.Secret {
			names = append(names, s.Name+"_FILE")
		}
	}
	return names
}
