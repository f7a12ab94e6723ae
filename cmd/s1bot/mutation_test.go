package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
)

// shares says how few of all mutations a run tries: one in so many, of values, of frames, and of frames of what only reads, which asks
// little else than what it shows. Which ones depends on nothing but their names. S1BOT_TEST_MUTATIONS=1 tries all, in some minutes.
func shares() (values, frames, reads uint32) {
	switch {
	case os.Getenv("S1BOT_TEST_MUTATIONS") != "":
		return 1, 1, 1
	case watched:
		return 2400, 32, 8
	}
	return 600, 8, 2
}

// leaked is what no person should read: Go's words, and a console's words for nothing.
var leaked = regexp.MustCompile(`<nil>|%!|0001-01-01|1970-01-01|map\[|NaN|neverSeen|json:|unmarshal|goroutine`)

// Consoles send fields of other kinds than documented, leave some out and add others. Of each command's answers one value at a time
// is changed: the bot never crashes, never says that something went wrong inside it, never shows an empty card or Go's words,
// and what is the same value in another spelling makes no difference.
func TestEveryCommandReadsOddAnswers(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands.Known().Commands() {
		t.Run(cmd.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { breed(t, cmd).meetsOddValues() })
		})
	}
}

func (m *mutant) meetsOddValues() {
	share, _, _ := shares()
	for key, answer := range m.answers() {
		for _, at := range places(answer)[1:] {
			for _, mu := range mutations() {
				name := fmt.Sprintf("%s: %s is %s", key, at, mu.name)
				if _, says := mutate(answer, at, mu.of); says && chosen(m.cmd.Name+name, share) {
					m.readsOddly(key, name, at, mu)
				}
			}
		}
	}
}

func (m *mutant) readsOddly(key, name string, at place, mu mutation) {
	got := m.with(func(s *shot, _ string) []byte {
		answer, err := parseAnswer(s.body)
		if s.key != key || err != nil {
			return s.body
		}
		changed, _ := mutate(answer, at, mu.of)
		return encoded(changed)
	})
	m.requireSane(name, got)
	if mu.same && !strings.HasSuffix(key, "/policy") { // whose values are shown as they come
		assert.Equal(m.t, m.base.whole(), got.whole(), "%s: the same in another spelling", name)
	}
}

// requireSane checks what holds of every answer that people get.
func (m *mutant) requireSane(name string, got outcome) {
	assert.Nil(m.t, got.panic, name)
	assert.False(m.t, got.err != nil && isOurFault(got.err), "%s: something went wrong inside the bot: %v", name, got.err)
	assert.NotEmpty(m.t, got.text(), name)
	if !leaked.MatchString(m.base.text()) {
		assert.NotRegexp(m.t, leaked, got.text(), name)
	}
}

// answers are the first answers of each kind, decoded. Files are none.
func (m *mutant) answers() map[string]any {
	answers := map[string]any{}
	for _, s := range m.tape.shots {
		if answer, err := parseAnswer(s.body); err == nil && answers[s.key] == nil {
			answers[s.key] = answer
		}
	}
	return answers
}

func encoded(answer any) []byte {
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	return body
}

func chosen(name string, share uint32) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return h.Sum32()%share == 0
}

// What is wrong with a whole answer is told: an answer that cannot be read is an error and never "none", what the console says beside
// its data is on the card, and pages that are empty, repeated or cut differently say the same.
func TestEveryCommandTellsOddFrames(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands.Known().Commands() {
		t.Run(cmd.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { breed(t, cmd).meetsOddFrames() })
		})
	}
}

func (m *mutant) meetsOddFrames() {
	_, share, reads := shares()
	if m.cmd.Risk == catalog.Read {
		share = reads
	}
	for key, answer := range m.answers() {
		object, ok := answer.(map[string]any)
		if !ok {
			continue
		}
		for _, f := range frames() {
			if f.of(object) == nil || f.cuts() && !strings.HasPrefix(key, "GET ") || m.decorates(key) || tolerates(key, f) || tolerated[m.cmd.Name+" "+f.name] {
				continue
			}
			if chosen(m.cmd.Name+key+f.name, share) {
				m.readsFrame(key, f)
			}
		}
	}
}

func (m *mutant) readsFrame(key string, f frame) {
	got := m.with(func(s *shot, query string) []byte {
		answer, err := parseAnswer(s.body)
		object, ok := answer.(map[string]any)
		if s.key != key || err != nil || !ok {
			return s.body
		}
		pages := f.of(object)
		if pages == nil {
			return s.body
		}
		return encoded(pages[min(pageOf(query), len(pages)-1)])
	})
	name := key + ": " + f.name
	m.requireSane(name, got)
	switch f.want {
	case same:
		assert.Equal(m.t, m.base.whole(), got.whole(), name)
	case unreadable:
		unseen := m.cmd.Risk != catalog.Read && strings.HasPrefix(key, "GET ") && strings.Contains(got.text(), "I couldn't check whether") // done all the same
		assert.True(m.t, unseen || got.err != nil || got.card.Outcome == "Failed", "%s: no error, but %s", name, got.text())
	case told:
		assert.Contains(m.t, got.text(), trouble, name)
		if m.cmd.Risk == catalog.Read || !strings.HasPrefix(key, "GET ") { // after a change, questions are beside the point
			assert.NotEqual(m.t, "Successful", string(got.card.Outcome)+string(got.first.Outcome), name)
		}
	case lost:
		assert.Contains(m.t, got.text(), "couldn't read", name)
	}
}

// decorates tells whether an answer adds names to ids that are known without it, so that it may fail in silence.
func (m *mutant) decorates(key string) bool {
	switch m.cmd.Name {
	case "get-groups", "delete-group", "test-connection":
		return key == "GET sites"
	case "get-account-policy", "update-account-policy":
		return key == "GET accounts"
	}
	return false
}

func TestAMutationIsSeen(t *testing.T) {
	t.Parallel()
	answer, err := parseAnswer([]byte(`{"data":[{"id":"1"},{"id":"2"}]}`))
	require.NoError(t, err)
	changed, says := mutate(answer, place{"data", "*", "id"}, func(any) (any, bool) { return absent{}, true })
	require.True(t, says)
	require.JSONEq(t, `{"data":[{},{}]}`, string(encoded(changed)))
}
