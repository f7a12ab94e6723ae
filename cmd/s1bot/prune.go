package main

import (
	"context"
	"time"
)

// pruneEvery is how often old rows are looked for.
const pruneEvery = time.Hour

// prune forgets what is older than S1BOT_KEEP, at the start and every hour, until ctx ends. Without
// the setting nothing is forgotten. Of several processes each does so, which does no harm: the
// second finds nothing.
func (p *program) prune(ctx context.Context) error {
	if p.config.Keep <= 0 {
		return nil
	}
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		gone, err := p.db.Prune(ctx, time.Now().Add(-p.config.Keep))
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			p.log.Warn("cannot forget old rows", "err", err)
		case gone > 0:
			p.log.Info("old rows deleted", "rows", gone)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
