package main

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// tellSystemd says READY=1 once the program is ready, keeps the watchdog fed while it is healthy,
// and says STOPPING=1 when ctx ends. Where no service manager listens (NOTIFY_SOCKET is not set) it
// does nothing. https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
//
// The watchdog is fed from a goroutine of its own: what it proves is that the process is scheduled
// and not stopped. READY comes when the first click would arrive, so units that are ordered after
// this one do not begin too early. The pulse is a third of the limit at most, for one that comes
// late must not be the end.
func (p *program) tellSystemd(ctx context.Context) {
	pulse := time.Second
	if limit, err := daemon.SdWatchdogEnabled(false); err == nil && limit > 0 {
		pulse = min(pulse, limit/3)
	}
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	for ready := false; ; {
		select {
		case <-ctx.Done():
			p.notifyManager(daemon.SdNotifyStopping)
			return
		case <-tick.C:
		}
		if !ready {
			if ready = p.unready(ctx) == ""; ready {
				p.notifyManager(daemon.SdNotifyReady + "\nSTATUS=Connected to Slack.")
			}
		}
		// Alive is not ready: a Slack or a database that is away for an hour is not mended by a restart.
		p.notifyManager(daemon.SdNotifyWatchdog)
	}
}

func (p *program) notifyManager(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		p.log.Warn("cannot tell the service manager", "state", state, "err", err)
	}
}
