package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"s1bot/bot/setup"
	"s1bot/s1"
	"s1bot/s1/huntapi"
	"s1bot/s1/transport"
)

// checkHunts tells which engine hunts run on here, until when, and which commands do not work where
// there is none. What the vendor takes away is named before it happens.
//
// Both engines are asked whatever the setting says, so that the advice can name the one that works.
func checkHunts(ctx context.Context, c config, client *s1.Client) setup.Finding {
	found := setup.Finding{What: "Console area hunts"}
	lake := probe(ctx, client.ProbeSDL)
	dv := probe(ctx, func(ctx context.Context) error { return askDeepVisibility(ctx, client) })
	hunting := commandList("hunts")
	ends := transport.DeepVisibilityEnds.Format(time.DateOnly)
	switch engine := huntapi.HuntEngine(c.HuntEngine); {
	case engine != huntapi.DeepVisibility && lake == nil:
		found.Note = "on the data lake"
	case s1.Absent(lake) && s1.Absent(dv): // nobody can mend it
		found.Note = "this console has neither the data lake nor Deep Visibility, so these commands don't work here: " + hunting
	case engine == huntapi.DataLake:
		found.Err = todo(lake, "set S1BOT_HUNT_ENGINE=auto, or have the token's role allow SDL Query API › View; until then, these commands don't work here: "+hunting)
	case dv != nil && engine == huntapi.DeepVisibility && lake == nil:
		found.Err = todo(dv, "set S1BOT_HUNT_ENGINE=auto: the console has the data lake")
	case dv != nil:
		found.Err = fmt.Errorf("neither the data lake (%w) nor Deep Visibility (%w) can be used, so these commands don't work here: %s", lake, dv, hunting)
	case lake == nil:
		found.Note = fmt.Sprintf("on Deep Visibility, as S1BOT_HUNT_ENGINE says; the vendor shuts it down on %s, so set auto before then", ends)
	default:
		found.Note = fmt.Sprintf("on Deep Visibility, which the vendor shuts down on %s; from then on, these commands won't work here: %s. The data lake can't be used: %s",
			ends, hunting, plainEnd(lake.Error()))
	}
	return found
}

// askDeepVisibility asks about a query that nobody has: a console that has the path says that there
// is no such query.
//
// No query is started for it.
func askDeepVisibility(ctx context.Context, client *s1.Client) error {
	_, err := client.QueryStatus(ctx, "q00000000000000000000000000000000")
	var e *s1.Error
	if errors.As(err, &e) && (e.Status == 400 || e.Status == 404 && e.Reason != s1.Retired) {
		return nil
	}
	return err
}
