package text_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/text"
)

func TestASentenceIsCutIntoWordsAndSigns(t *testing.T) {
	t.Parallel()
	for sentence, want := range map[string]string{
		"isolate DESKTOP-1, please.":                "isolate|DESKTOP-1|,|please",
		"is 203.0.113.9:443 bad?!":                  "is|203.0.113.9:443|bad",
		"don’t isolate it (INC-1042)":               "don’t|isolate|it|(|INC-1042",
		`add a note to evil.exe: "it's a test, ok"`: "add|a|note|to|evil.exe|:|it's a test, ok",
		"stop. Isolate DESKTOP-1":                   "stop|.|Isolate|DESKTOP-1",
		"disable 'Rclone upload'? it's the 'x' one": "disable|Rclone upload|?|it's|the|x|one",
		"…": "",
	} {
		var words []string
		for _, w := range text.Words(sentence) {
			words = append(words, w.Text)
			require.Contains(t, sentence[w.From:w.To], w.Text)
		}
		require.Equal(t, want, strings.Join(words, "|"), sentence)
	}
}

func TestAPatternTakesItsWordsAndItsSlots(t *testing.T) {
	t.Parallel()
	fill := func(_ string, words []text.Word, at int) []text.Filling {
		if at < len(words) && strings.Contains(words[at].Text, "-") {
			return []text.Filling{{Taken: 1, Value: words[at].Text}}
		}
		return nil
	}
	for _, row := range []struct {
		pattern, sentence string
		fits              bool
	}{
		{"take {x} off network", "take DESKTOP-1 off the network", true},
		{"take {x} off network", "take DESKTOP-1 on the network", false},
		{"take {x} [off network]", "take DESKTOP-1", true},
		{"(shut down|power off) {x}", "power off A-1", true},
		{"(shut down|power off) {x}", "shut off A-1", false},
		{"scan {x}", "scan everything", false},
	} {
		p, err := text.ReadPattern(row.pattern)
		require.NoError(t, err)
		words, fits := text.Words(row.sentence), false
		p.Match(words, text.Match{}, fill, func(m text.Match) { fits = fits || m.End == len(words) && len(m.Fills) == 1 })
		require.Equal(t, row.fits, fits, "%s ~ %s", row.pattern, row.sentence)
	}
	for _, broken := range []string{"(a|b", "a]", "{x", "a)b"} {
		_, err := text.ReadPattern(broken)
		require.Error(t, err, broken)
	}
}

func TestStretchesOfTimeInSentences(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC) // a Wednesday
	for words, want := range map[string]string{
		"since yesterday": "11-24 00:00 –", "in the last 24 hours": "11-24 15:00 –", "last week": "11-18 15:00 –", "over the past two days": "11-23 15:00 –",
		"yesterday": "11-24 00:00 – 11-25 00:00", "since monday": "11-23 00:00 –", "since 2 hours ago": "11-25 13:00 –", "until 14:00": "– 11-25 14:00",
		"between 10:00 and 12:00": "11-25 10:00 – 11-25 12:00", "between monday and wednesday": "11-23 00:00 – 11-25 00:00", "since last night": "11-24 18:00 –", "overnight": "11-24 18:00 –", "this month": "11-01 00:00 –", "today": "11-25 00:00 –", "since 9am": "11-25 09:00 –", "on 2026-11-20": "11-20 00:00 – 11-21 00:00",
		"this week": "11-23 00:00 –", "since wednesday": "11-18 00:00 –", "after tomorrow": "", "from monday": "", "since it beacons": "", "last 5": "",
	} {
		all := text.Words(words)
		r, n := text.ReadRange(all, 0, text.Input{Now: now})
		got := ""
		if n > 0 {
			require.Equal(t, len(all), n, words)
			got = strings.TrimSpace(short(r.From) + " – " + short(r.Until))
		}
		require.Equal(t, want, got, words)
	}
}

func short(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("01-02 15:04")
}

func TestDurationsInSentences(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]time.Duration{
		"4 hours": 4 * time.Hour, "an hour": time.Hour, "half an hour": 30 * time.Minute, "the next two days": 48 * time.Hour, "1 day and 12 hours": 36 * time.Hour,
		"90m": 90 * time.Minute, "ever": 0, "now": 0, "40 days": 0,
	} {
		got, n := text.ReadSpanWords(text.Words(words), 0)
		require.Equal(t, want, got, words)
		require.Equal(t, want > 0, n == len(text.Words(words)), words)
	}
}
