package s1sim

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/s1/s1sim/wire"
)

// routes lists everything the console answers. The first that fits is taken, so literal paths stand before patterns.
func routes(c *Console) []wire.Route {
	return slices.Concat(
		systemRoutes(c),
		accountRoutes(c),
		siteRoutes(c),
		groupRoutes(c),
		policyRoutes(c),
		agentRoutes(c),
		threatRoutes(c),
		noteRoutes(c),
		alertRoutes(c),
		activityRoutes(c),
		ruleRoutes(c), exclusionRoutes(c), hashRoutes(c), iocRoutes(c), firewallRoutes(c),
		uploadRoutes(c),
		scriptRoutes(c),
		moveRoutes(c),
		groupChangeRoutes(c),
		applicationRoutes(c),
		threatDetailRoutes(c),
		triageRoutes(c),
		dvRoutes(c),
		lakeRoutes(c),
	)
}

func isAPI(path string) bool {
	return strings.HasPrefix(path, "/web/api") || strings.HasPrefix(path, "/sdl/")
}

// authorize checks the header, whose scheme the service reads in any case; a token in the address is not one. The data lake takes the
// token behind another word.
func (c *Console) authorize(q *wire.Request, rt wire.Route) error {
	scheme, token, _ := strings.Cut(q.Auth, " ")
	lake := rt.Root == lakeRoot
	switch known := subtle.ConstantTimeCompare([]byte(token), []byte(c.opt.Token)) == 1; {
	case rt.Public:
		return nil
	case lake && q.Auth != "" && !strings.EqualFold(scheme, "Bearer"):
		return wrongWord(q.Auth)
	case known && (lake || strings.EqualFold(scheme, "ApiToken")):
		return nil
	}
	return wire.Unauthorized()
}

// pause waits for d and says whether the caller is still there.
func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
