package consoles_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/s1"
)

// called is a console of which only the name matters.
func called(t *testing.T, name string, channels ...string) consoles.Console {
	client, err := s1.New(s1.Config{BaseURL: "https://" + name + ".example", Token: s1.NewSecret("x")})
	require.NoError(t, err)
	c, err := catalog.New(nil)
	require.NoError(t, err)
	return consoles.Console{Name: name, Client: client, Catalog: c, Channels: channels}
}

func set(t *testing.T, all ...consoles.Console) *consoles.Set {
	s, err := consoles.NewSet(all...)
	require.NoError(t, err)
	return s
}

func TestAConsoleIsNeverGuessed(t *testing.T) {
	t.Parallel()
	both := set(t, called(t, "emea", "C0EMEA"), called(t, "us"))
	found, err := both.Here("C0EMEA")
	require.NoError(t, err)
	require.Equal(t, "emea", found.Name)
	_, err = both.Here("C0SOC")
	require.ErrorIs(t, err, consoles.ErrSeveral)
	_, err = both.Here("")
	require.ErrorIs(t, err, consoles.ErrSeveral)
	found, err = both.Typed("EMEA")
	require.NoError(t, err)
	require.Equal(t, "emea", found.Name)
	_, err = both.Typed("emae")
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage)
	require.Equal(t, []string{"emea"}, usage.Nearest)
	for _, carried := range []string{"", "apac", "EMEA", consoles.Unsettled, consoles.Default} {
		var gone *consoles.GoneError
		_, err = both.Carried(carried)
		require.ErrorAs(t, err, &gone, carried)
	}
}

// What a database holds from before there were names is of the console that is called default, or of the one that the settings point at.
func TestWhatCarriesNoNameIsOfOneConsoleOrOfNone(t *testing.T) {
	t.Parallel()
	was := called(t, "emea")
	was.Was = true
	for name, row := range map[string]struct {
		set  *consoles.Set
		want string
	}{
		"the one of the settings":        {set(t, called(t, consoles.Default)), consoles.Default},
		"the only one, whatever it is":   {set(t, called(t, "emea")), "emea"},
		"the one that is called default": {set(t, called(t, "us"), called(t, consoles.Default)), consoles.Default},
		"the one of S1_URL":              {set(t, called(t, "us"), was), "emea"},
	} {
		found, err := row.set.Carried("")
		require.NoError(t, err, name)
		require.Equal(t, row.want, found.Name, name)
	}
}

// With one console nothing tells of consoles, and buttons are as they were.
func TestOneConsoleHasNoCeremony(t *testing.T) {
	t.Parallel()
	one := set(t, called(t, consoles.Default))
	c, err := one.Here("C0ANY")
	require.NoError(t, err)
	require.Empty(t, one.Stamp(c)+one.Label(c)+one.Mark(c))
	emea := set(t, called(t, "emea"))
	c, _ = emea.Here("")
	require.Equal(t, "emea emea ", emea.Stamp(c)+" "+emea.Mark(c)+" "+emea.Label(c))
	both := set(t, called(t, consoles.Default), called(t, "us"))
	c, _ = both.Typed(consoles.Default)
	require.Equal(t, "default  default", both.Stamp(c)+" "+both.Mark(c)+" "+both.Label(c))
}

func TestASetHasNamesThatDiffer(t *testing.T) {
	t.Parallel()
	for _, wrong := range [][]consoles.Console{nil, {called(t, "a"), called(t, "A")}, {{Name: "a"}}, {called(t, "a"), {Name: consoles.Unsettled, Client: called(t, "b").Client, Catalog: called(t, "b").Catalog}}} {
		_, err := consoles.NewSet(wrong...)
		require.Error(t, err)
	}
}
