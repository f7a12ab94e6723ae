package s1sim

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/s1/s1sim/files"
	"s1bot/s1/s1sim/hunting"
	"s1bot/s1/s1sim/protection"
	"s1bot/s1/s1sim/unified"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// routes lists everything the console answers. The first that fits is taken.
func routes(c *Console) []wire.Route {
	return slices.Concat(world.Routes(c.World), protection.Routes(c.Controls), files.Routes(c.Cabinet), hunting.Routes(c.Chronicle), unified.Routes(c.List),
		tokenRoutes(c))
}

// isAPI tells the API and the data lake from the pages of the console, which belong to people and
// take no token.
func isAPI(path string) bool {
	return strings.HasPrefix(path, "/web/api") || strings.HasPrefix(path, "/sdl/")
}

// authorize checks the header, whose scheme the service reads in any case; a token in the address
// is not one. The data lake takes the token behind another word, and the GraphQL path behind
// either.
func (c *Console) authorize(q *wire.Request, rt wire.Route) error {
	scheme, token, _ := strings.Cut(q.Auth, " ")
	lake, either := rt.Root == hunting.LakeRoot, rt.Path == unified.Path
	switch known := subtle.ConstantTimeCompare([]byte(token), []byte(c.opt.Token)) == 1; {
	case rt.Public:
		return nil
	case lake && q.Auth != "" && !strings.EqualFold(scheme, "Bearer"):
		return hunting.WrongWord(q.Auth)
	case known && (lake || strings.EqualFold(scheme, "ApiToken") || either && strings.EqualFold(scheme, "Bearer")):
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
