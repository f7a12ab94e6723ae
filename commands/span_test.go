package commands

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

func TestALengthOfTimeAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]time.Duration{
		"4h": 4 * time.Hour, "4H": 4 * time.Hour, "30m": 30 * time.Minute, "5m": 5 * time.Minute, "90 min": 90 * time.Minute, "2d": 48 * time.Hour,
		"4 hours": 4 * time.Hour, "1 day": 24 * time.Hour, "1d12h": 36 * time.Hour, "1d 12h 5m": 36*time.Hour + 5*time.Minute, "1w": 168 * time.Hour,
		" 30 days ": 720 * time.Hour,
	} {
		length, err := catalog.ReadSpan(typed)
		require.NoError(t, err, typed)
		require.Equal(t, want, length, typed)
		again, err := catalog.ReadSpan(text.SpanText(length))
		require.NoError(t, err, typed)
		require.Equal(t, length, again)
		again, err = catalog.ReadSpan(text.SpanWords(length))
		require.NoError(t, err, typed)
		require.Equal(t, length, again)
	}
	for text, problem := range map[string]string{
		"": "no length", "4": "no length", "h": "no length", "-4h": "no length", "4h!": "no length", "4 parsecs": "no length", "1.5h": "no length",
		"for ever": "no length", "4m": "too short", "0h": "too short", "31d": "too long", "999999w": "too long", "99999999999999999999h": "no length",
	} {
		_, err := catalog.ReadSpan(text)
		var usage *catalog.UsageError
		require.ErrorAs(t, err, &usage, text)
		require.Equal(t, catalog.ForParam, usage.Param)
		require.Contains(t, usage.Problem, problem, text)
	}
}

func TestAnIsolationMayHaveAnEnd(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]catalog.Extras{
		"isolate DESKTOP-1 for=4h":                          {For: 4 * time.Hour},
		"isolate DESKTOP-1 FOR=4h reason=x":                 {For: 4 * time.Hour, Reason: "x"},
		"isolate DESKTOP-1 for=4 hours reason=x":            {For: 4 * time.Hour, Reason: "x"},
		"isolate DESKTOP-1 for = 4 hours reason = x":        {For: 4 * time.Hour, Reason: "x"},
		`isolate DESKTOP-1 for="1 day" reason=x`:            {For: 24 * time.Hour, Reason: "x"},
		"isolate for=1d 12h DESKTOP-1 reason=wait for=it":   {},
		"isolate for=1d 12h agent-ids=DESKTOP-1 reason=x y": {For: 36 * time.Hour, Reason: "x y"},
		"isolate DESKTOP-1":                                 {},
	} {
		inv, extras, err := All().Parse(text, input)
		if want == (catalog.Extras{}) && text != "isolate DESKTOP-1" {
			require.ErrorContains(t, err, "no length of time", text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, extras, text)
		require.JSONEq(t, `{"agent-ids":["DESKTOP-1"]}`, string(inv.Args), "it is no parameter of the console's")
	}
	for text, problem := range map[string]string{
		"isolate DESKTOP-1 for=ever reason=x": `check ` + "`for`" + `: "ever" is no length of time`,
		"isolate DESKTOP-1 for=31d reason=x":  "5 minutes to 30 days",
		"reconnect DESKTOP-1 for=4h reason=x": "unknown parameter",
		"shutdown DESKTOP-1 for=4h reason=x":  "unknown parameter",
	} {
		_, _, err := All().Parse(text, input)
		require.ErrorContains(t, err, problem, text)
	}
}

func TestTheFormOfAnIsolationAsksForItsEnd(t *testing.T) {
	t.Parallel()
	isolate, _ := All().Find("isolate")
	field := asks(t, isolate.Form(nil, catalog.Caller{}), catalog.ForParam)
	require.False(t, field.Required)
	require.Equal(t, render.TextInput, field.Widget)
	sent := map[string][]string{"agent-ids": {"1845174760470303882"}, "filter": {}, "reason": {"x"}, "ticket": {}, catalog.ForParam: {"2 days"}}
	args, extras, wrong := isolate.FromForm(sent, nil, catalog.Caller{})
	require.Empty(t, wrong)
	require.Equal(t, catalog.Extras{Reason: "x", For: 48 * time.Hour}, extras)
	require.NotContains(t, string(args), catalog.ForParam)
	sent[catalog.ForParam] = []string{"soon"}
	_, _, wrong = isolate.FromForm(sent, nil, catalog.Caller{})
	require.Equal(t, map[string]string{catalog.ForParam: `"soon" is no length of time. Write it like 30m, 4h or 2d; 5 minutes to 30 days.`}, wrong)
	for _, cmd := range All().Commands() {
		for _, p := range cmd.Params {
			require.NotEqual(t, catalog.ForParam, p.Name, cmd.Name)
		}
	}
}
