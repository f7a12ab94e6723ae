package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// serve offers both services to a bot in another process, until the context ends. What it prints can be read as an env file.
func (d demoCmd) serve(ctx context.Context, std streams) error {
	offered, err := startServices(d.Addr, d.Console, renewable)
	if err != nil {
		return err
	}
	offered.strike()
	if err := offered.print(std.out); err != nil {
		return errors.Join(err, offered.close())
	}
	offered.sim.Attack(ctx, d.Every)
	<-ctx.Done()
	return offered.close()
}

// print writes the settings of a bot that uses the services.
func (s services) print(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Slack and the console are simulated here until Ctrl-C. Open %s, run `s1bot run` with these settings, and type /s1 there.\n"+
		"# To try a rotation: each token is valid with %s at its end, too.\n", s.page, renewed)
	for _, name := range slices.Sorted(maps.Keys(s.settings)) {
		fmt.Fprintf(&b, "%s=%s\n", name, s.settings[name])
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// renewed is what the next token of each kind has at its end.
const renewed = "-next"

// renewable stands before a service and takes the next token for its own. Tokens stand in a header,
// or in a body that is not large.
//
// It is for trying SIGHUP with new tokens (tokens.go): the simulators know one token each, and this
// makes a second one valid beside it.
func renewable(service http.Handler) http.Handler {
	swap := strings.NewReplacer(slacksim.AppToken+renewed, slacksim.AppToken, slacksim.BotToken+renewed, slacksim.BotToken, s1sim.Token+renewed, s1sim.Token)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", swap.Replace(r.Header.Get("Authorization")))
		if r.ContentLength > 0 && r.ContentLength < 1<<20 {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			body = []byte(swap.Replace(string(body)))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}
		service.ServeHTTP(w, r)
	})
}
