package snoozing

import (
	"testing"
	"time"

	"s1bot/approvals/requestcards"
	"s1bot/bot/exchange"
	"s1bot/render"

	"github.com/stretchr/testify/require"
)

func TestASnoozeIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	given, err := pairs(`rule="Encoded PowerShell" for=4h reason=“red team”`)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"rule": "Encoded PowerShell", "for": "4h", "reason": "red team"}, given)
	for _, wrong := range []string{"host", "colour=red", `=x`} {
		_, err := pairs(wrong)
		require.Error(t, err, wrong)
	}
	require.Equal(t, `hash=3395856ceb81f2b7382dee72602f798b642f4140 for=4h reason="a pentest runs"`, named("3395856ceb81f2b7382dee72602f798b642f4140 for 4h because a pentest runs"))
	require.Equal(t, `host=A reason="wait for it"`, named(`host=A reason="wait for it"`))

	noon := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	s, err := Read(`host=DESKTOP-1 until="2026-11-27 18:00" because a pentest runs`, noon, time.FixedZone("CET", 3600))
	require.ErrorContains(t, err, "say what", "quotes and prose are not mixed")
	require.Zero(t, s)
	s, err = Read("host=DESKTOP-1 for 2h because a pentest runs", noon, nil)
	require.NoError(t, err)
	require.Equal(t, Snooze{Kind: "host", Value: "DESKTOP-1", Reason: "a pentest runs", Until: noon.Add(2 * time.Hour)}, s)
	_, err = Read("for=2h", noon, nil)
	require.ErrorContains(t, err, "Give one of")
}

// The form offers what the thing on the card can be kept quiet by, and what comes back is one of these.
func TestASnoozeIsChosenInAForm(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	q := exchange.Quietable{Hash: "3395856ce81f2b7382dee72602f798b642f14140", Host: "DESKTOP-1", File: "evil.exe"}
	form := Form(q)
	require.Len(t, form.Fields[0].Choices, 2)
	require.Contains(t, render.Card{Parts: []render.Part{form.Intro}}.Plain(), "evil.exe on DESKTOP-1")
	s, ok, err := Chosen(choice(q, "hash", "1d"), noon)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, Snooze{Kind: "hash", Value: q.Hash, File: "evil.exe", Reason: "pentest", Until: noon.Add(24 * time.Hour)}, s)
	_, ok, err = Chosen(choice(q, "rule", "1d"), noon)
	require.NoError(t, err)
	require.False(t, ok, "the form offered no rule")
	_, _, err = Chosen(choice(q, "hash", "31d"), noon)
	require.ErrorContains(t, err, "30 days at most")
}

// A snooze ends: after four hours where nobody says when, after 30 days at the latest.
func TestASnoozeHasAnEnd(t *testing.T) {
	t.Parallel()
	now, paris := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), time.FixedZone("CET", 3600)
	for _, c := range []struct {
		given map[string]string
		lasts time.Duration
		wrong string
	}{
		{nil, 4 * time.Hour, ""},
		{map[string]string{"for": "30m"}, 30 * time.Minute, ""},
		{map[string]string{"for": "2d"}, 48 * time.Hour, ""},
		{map[string]string{"for": "31d"}, 0, "30 days at most"},
		{map[string]string{"for": "soon"}, 0, "isn't a duration"},
		{map[string]string{"for": "0h"}, 0, "isn't a duration"},
		{map[string]string{"until": "2026-11-27 18:00"}, 5 * time.Hour, ""},
		{map[string]string{"until": "2026-11-28"}, 11 * time.Hour, ""},
		{map[string]string{"until": "2026-11-26"}, 0, "in the past"},
		{map[string]string{"until": "tomorrow"}, 0, "isn't a time"},
	} {
		until, err := ends(c.given, now, paris)
		if c.wrong != "" {
			require.ErrorContains(t, err, c.wrong, "%v", c.given)
			continue
		}
		require.NoError(t, err, "%v", c.given)
		require.Equal(t, c.lasts, until.Sub(now), "%v", c.given)
	}
}

// choice is what comes back from the form.
func choice(q exchange.Quietable, by, length string) exchange.Choice {
	q.By = by
	return exchange.Choice{Quietable: q, Reason: "pentest", Extension: requestcards.Extension{For: length}}
}
