package commandtest

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"s1bot/commands/catalog"
	"s1bot/s1"
	"s1bot/s1/huntapi"
	"s1bot/s1/s1sim"
)

// Ages plays each *.txtar of a folder, named command.txtar, at a simulated console of every age. A
// story has what a person writes:
//
//	slash   what was typed; {names} stand for what dress says
//	first   what was typed before, if anything, in the same session
//
// and what go test -update writes beneath it: of each age the requests of the command itself, and
// its card, what was saved of it, how it ended, or the error. Ages that tell the same share a
// section, which is named after them: "card today after-dv". What the bot finds out by itself
// (engine, unified alerts) it finds out here: nothing is set.
//
// Every command that is listed needs its story.
func Ages(t *testing.T, dir string, commands func() []*catalog.Command, dress func(*s1sim.Console) Names, listed ...string) {
	t.Helper()
	var told []string
	for _, file := range storyFiles(t, dir) {
		told = append(told, commandOf(file))
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			tellAges(t, file, commands, dress)
		})
	}
	require.ElementsMatch(t, listed, slices.Compact(told), "commands with a story on every age")
}

// Names are what stand in braces in the lines of a story: each is made when it is first read.
type Names map[string]func() string

// ages are the consoles that there are, as stories call them.
func ages() []struct {
	name string
	age  s1sim.Age
} {
	return []struct {
		name string
		age  s1sim.Age
	}{{"today", s1sim.Today}, {"after-dv", s1sim.AfterDV}, {"unified-only", s1sim.UnifiedOnly}, {"before-sdl", s1sim.BeforeSDL}}
}

// tellAges plays a story at consoles of every age and gathers what came out: ages that answer alike
// share a section whose name lists them, so that a file shows at a glance where an age differs.
// Each has a bot that was just started, for a client remembers which paths its console lacks.
// Sections come in the order of golden, or -update would shuffle a file that has not changed.
func tellAges(t *testing.T, file string, commands func() []*catalog.Command, dress func(*s1sim.Console) Names) {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	of := map[string]map[string]string{} // by section and text, the ages
	order := []string{}
	for _, at := range ages() {
		got := map[string]string{}
		synctest.Test(t, func(t *testing.T) { got = tellAge(t, archive, Catalog(t, commands()...), at.age, dress) }) // each with a bot just started
		require.NotEmpty(t, got["card"]+got["error"], at.name)
		for _, section := range golden {
			if got[section] == "" {
				continue
			}
			if of[section] == nil {
				of[section] = map[string]string{}
			}
			if of[section][got[section]] == "" {
				order = append(order, section+"\x00"+got[section])
			}
			of[section][got[section]] += " " + at.name
		}
	}
	sections, got := []string{}, map[string]string{}
	for _, key := range order {
		section, text, _ := strings.Cut(key, "\x00")
		name := section + of[section][text]
		sections, got[name] = append(sections, name), text
	}
	slices.SortStableFunc(sections, func(a, b string) int { return placeOf(a) - placeOf(b) })
	if Updating() {
		archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return placeOf(f.Name) >= 0 })
	} else {
		var had []string
		for _, f := range archive.Files {
			if placeOf(f.Name) >= 0 {
				had = append(had, f.Name)
			}
		}
		require.Equal(t, had, sections, "sections of %s; go test -update in its package writes it anew", file)
	}
	compare(t, file, archive, sections, got)
}

// placeOf is where a section of an age stands among the golden ones; -1 for what a person wrote.
func placeOf(section string) int {
	kind, _, _ := strings.Cut(section, " ")
	return slices.Index(golden, kind)
}

// tellAge plays a story at a console of one age.
func tellAge(t *testing.T, archive *txtar.Archive, cat *catalog.Catalog, age s1sim.Age, dress func(*s1sim.Console) Names) map[string]string {
	time.Sleep(time.Until(Now)) // a bubble's clock begins before there were ids
	sim := s1sim.New(s1sim.Options{Empty: true, Agents: 6, Age: age})
	names := dress(sim)
	console := &overheard{console: sim}
	call := callAs(t, console, s1.Config{BaseURL: "https://console.test", Token: s1.NewSecret(s1sim.Token), Engine: huntapi.AutoEngine, Unified: s1.UnifiedAuto})
	call.Now = time.Now()
	filled := func(section_ string) string {
		line := strings.TrimSpace(section(archive, section_))
		for name, value := range names {
			if strings.Contains(line, "{"+name+"}") {
				made := value()
				line = strings.ReplaceAll(line, "{"+name+"}", made)
				names[name] = func() string { return made }
			}
		}
		return line
	}
	if line := filled("first"); line != "" {
		story{catalog: cat, call: call, got: map[string]string{}}.say(t, line)
		call.Saved = nil
	}
	typed := filled("slash")
	console.log.Reset()
	s := story{catalog: cat, call: call, got: map[string]string{}}
	s.say(t, typed)
	s.got["requests"] = console.log.String()
	delete(s.got, "args")
	delete(s.got, "plan")
	return s.got
}

// An overheard console notes what it is asked.
type overheard struct {
	console http.Handler
	log     strings.Builder
}

func (o *overheard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	note(&o.log, r, strings.TrimPrefix(r.URL.Path, APIRoot), body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	o.console.ServeHTTP(w, r)
}
