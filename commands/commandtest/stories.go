package commandtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"s1bot/commands/catalog"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// Stories tells each *.txtar of a folder, named command.txtar or command~what-is-special.txtar. A
// story has what a person writes:
//
//	slash                       what was typed
//	form                        the same as the values of a form, which must mean the same
//	how                         in which other form the answer is wanted: raw, csv, json
//	engine                      what hunts run on: dv or sdl; dv where it is left out
//	unified                     whether unified alerts are used: on or auto; off where it is left out
//	answer METHOD path [status] what the console answers, in the order of the requests
//
// and what go test -update writes beneath it: the arguments, the plan, what the caller was told
// alone, the requests that went out, the card, and of what goes on after it, what was saved, how it
// ended, its file; or the error. Every command needs stories that tell it from its form, to its
// card, and how it fails. Each story has a bot that was just started: its catalog has seen no names
// yet.
func Stories(t *testing.T, dir string, commands func() []*catalog.Command) {
	t.Helper()
	t.Run("all", func(t *testing.T) { // ends when its parallel parts have
		for _, file := range storyFiles(t, dir) {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { tell(t, Catalog(t, commands()...), file) }) // waiting takes no time
			})
		}
	})
	covered := map[string]coverage{} // looked at afterwards, when -update has written what was missing
	for _, file := range storyFiles(t, dir) {
		covered[commandOf(file)] = covered[commandOf(file)].with(t, file)
	}
	for _, cmd := range Catalog(t, commands()...).Commands() {
		want := coverage{form: len(cmd.Params) > 0, card: true, failure: true}
		require.Equal(t, want, covered[cmd.Name], "what the stories of %s tell", cmd.Name)
	}
}

func storyFiles(t *testing.T, dir string) []string {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "no stories in %s", dir)
	return files
}

// commandOf is the command that a story is of, as its file is named.
func commandOf(file string) string {
	name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".txtar"), "~")
	return name
}

// coverage is what the stories of a command tell together.
type coverage struct{ form, card, failure bool }

var refusedAnswer = regexp.MustCompile(`^answer [A-Z]+ \S+ [45]\d\d$`)

func (c coverage) with(t testing.TB, file string) coverage {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	refused := slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return refusedAnswer.MatchString(f.Name) })
	form, ended := section(archive, "form"), section(archive, "card")+section(archive, "end")
	return coverage{
		form:    c.form || form != "" && form != "{}\n",
		card:    c.card || ended != "",
		failure: c.failure || refused && section(archive, "error") != "" || strings.Contains(ended, string(render.Failed)+" ·"),
	}
}

func tell(t *testing.T, cat *catalog.Catalog, file string) {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	console := newCannedConsole(t, archive)
	s := story{catalog: cat, call: console.call(t), got: map[string]string{}}
	s.tell(t, commandOf(file), archive)
	s.got["requests"] = console.requests()
	console.requireUsed(t)
	compare(t, file, archive, golden, s.got)
}

// A story is what comes of the typed text: golden sections by name.
type story struct {
	catalog *catalog.Catalog
	call    *catalog.Call
	got     map[string]string
}

// say runs what was typed.
func (s story) say(t *testing.T, typed string) {
	inv, _, err := slash.Parse(s.catalog, typed, text.Input{Zone: Zone, Now: s.call.Now})
	require.NoError(t, err, typed)
	cmd, ok := s.catalog.Find(inv.Command)
	require.True(t, ok, inv.Command)
	s.run(t, cmd, inv, "")
}

// tell plays a story up to the command: the line is read, and what it means compared. A form in the
// story must come to the same arguments as the line, since nobody should get another request by the
// way in which they typed it.
func (s story) tell(t *testing.T, name string, archive *txtar.Archive) {
	inv, extras, err := slash.Parse(s.catalog, strings.TrimSpace(section(archive, "slash")), Input())
	if err != nil {
		s.got["error"] = err.Error() + "\n"
		return
	}
	require.Equal(t, name, inv.Command)
	cmd, _ := s.catalog.Find(inv.Command)
	s.got["args"] = string(inv.Args) + "\n"
	if extras != (catalog.Extras{}) {
		s.got["args"] += fmt.Sprintf("reason %q, ticket %q\n", extras.Reason, extras.Ticket)
	}
	if form := section(archive, "form"); form != "" {
		requireSameForm(t, cmd, inv.Args, form, s.call.Caller)
	}
	s.run(t, cmd, inv, render.How(strings.TrimSpace(section(archive, "how"))))
}

// run takes the way of every invocation: prepared, then run with the plan's arguments and never
// with those that were typed. A command that follows its work goes on from what it saved first, as
// after a restart.
func (s story) run(t *testing.T, cmd *catalog.Command, inv catalog.Invocation, how render.How) {
	s.call.How = how
	plan, err := cmd.Prepare(t.Context(), s.call, inv.Args)
	if err != nil {
		s.got["error"] = err.Error() + "\n"
		return
	}
	if cmd.Risk != catalog.Read {
		s.got["plan"] = indented(t, plan)
	}
	s.confide(plan.Secrets)
	card, err := cmd.Run(t.Context(), s.call, plan.Args)
	if err != nil {
		s.got["error"] = err.Error() + "\n"
		return
	}
	card = plan.WithLeftOut(card)
	s.got["card"] = card.Plain()
	if cmd.Follows() && s.call.Saved != nil {
		s.got["saved"] = string(s.call.Saved) + "\n"
		card, err = cmd.Follow(t.Context(), s.call, plan.Args)
		require.NoError(t, err)
		s.got["end"] = card.Plain()
	}
	for _, f := range card.Files {
		reader, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(reader)
		require.NoError(t, err)
		s.got["file"] = strings.ReplaceAll(string(content), "\r\n", "\n")
	}
}

// confide gives the call what a command needs that has secrets: those that were given, somebody to
// tell a password that was made, and dice that always fall alike. What the command saves first is
// what it goes on from.
func (s story) confide(secrets catalog.Secrets) {
	s.call.Secrets, s.call.Random = secrets, strings.NewReader(strings.Repeat("s1bot", 100))
	s.call.Tell = func(_ context.Context, card render.Card) error { s.got["told"] = card.Plain(); return nil }
	s.call.OnSave = func(state json.RawMessage) error {
		if s.call.Saved == nil {
			s.call.Saved = state
		}
		return nil
	}
}

// requireSameForm checks that the form asks for what was typed, and that sending it means the same.
func requireSameForm(t *testing.T, cmd *catalog.Command, args json.RawMessage, sent string, caller catalog.Caller) {
	var values map[string][]string
	require.NoError(t, json.Unmarshal([]byte(sent), &values))
	form := forms.Redraw(cmd, render.Answer{Do: render.Invocation{Command: cmd.Name, Args: args}, Values: values}, true, caller)
	asked := map[string]bool{}
	for _, f := range form.Fields {
		asked[f.Name] = true
	}
	for name := range values {
		require.True(t, asked[name], "the form has no field %s", name)
	}
	got, _, wrong := forms.Read(cmd, values, nil, caller)
	require.Empty(t, wrong)
	require.JSONEq(t, string(args), string(got))
}

func section(archive *txtar.Archive, name string) string {
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func indented(t *testing.T, v any) string {
	raw, err := json.MarshalIndent(v, "", "  ")
	require.NoError(t, err)
	return string(raw) + "\n"
}

// golden are the sections that -update writes, in their order.
var golden = []string{"args", "plan", "told", "requests", "card", "saved", "end", "file", "error"}

// compare compares the golden sections, or writes them.
func compare(t *testing.T, file string, archive *txtar.Archive, golden []string, got map[string]string) {
	if Updating() {
		rewrite(t, file, archive, golden, got)
		return
	}
	for _, name := range golden {
		require.Equal(t, section(archive, name), got[name], "section %s of %s; go test -update in its package writes it anew", name, file)
	}
}

func rewrite(t *testing.T, file string, archive *txtar.Archive, golden []string, got map[string]string) {
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return slices.Contains(golden, f.Name) })
	for _, name := range golden {
		if got[name] != "" {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
		}
	}
	require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
}
