package s1sim

import (
	"crypto/subtle"
	"strings"
	"sync"
	"time"

	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// A TokenSpec says what the console tells of the token that it takes.
type TokenSpec struct {
	Expires  time.Time // null when zero
	Mail     string    // of the user; a person's when empty
	NoDetail bool      // users/api-token-details answers 400, as nobody has seen it answer for a service user
	NoSelf   bool      // the token lacks Users.view, so it may not read its own user
}

// tokenFacts holds a TokenSpec.
type tokenFacts struct {
	mu   sync.Mutex
	spec TokenSpec
}

func (f *tokenFacts) now() TokenSpec {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.spec
}

// SetToken changes what the console tells of its token; until then it has no end and belongs to a
// person.
func (c *Console) SetToken(spec TokenSpec) {
	c.tokenFacts.mu.Lock()
	defer c.tokenFacts.mu.Unlock()
	c.tokenFacts.spec = spec
}

const tokenPath = "/users/api-token-details"

// asksAboutToken tells a POST that is a question.
func asksAboutToken(path string) bool { return strings.HasSuffix(path, tokenPath) }

// tokenRoutes are the two calls that tell when a token ends. The first answers 200 and 400 and
// names no permission (API document).
func tokenRoutes(c *Console) []wire.Route {
	return []wire.Route{
		{Method: "POST", Path: tokenPath, Handle: c.tokenDetails},
		{Method: "GET", Path: "/user", Handle: c.self},
	}
}

// The token is in the body, so nobody may log bodies of this path; what the log of calls keeps
// stays in the test.
func (c *Console) tokenDetails(q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	token, _ := wire.Value(body, "data.apiToken").(string)
	spec := c.tokenFacts.now()
	if spec.NoDetail || subtle.ConstantTimeCompare([]byte(token), []byte(c.opt.Token)) != 1 {
		return nil, wire.Invalid("apiToken: not a valid token")
	}
	return wire.Data(life(spec)), nil
}

// self is the second way to learn when a token ends, for a role that may see users.
func (c *Console) self(*wire.Request) (any, error) {
	spec := c.tokenFacts.now()
	if spec.NoSelf {
		return nil, wire.Forbidden()
	}
	mail := spec.Mail
	if mail == "" {
		mail = "robin@example.com"
	}
	return wire.Data(wire.Object{"id": world.ApiUserID, "fullName": world.ApiUser, "email": mail, "scope": "tenant", "apiToken": life(spec)}), nil
}

// life has fractions of a second in one date and none in the other, as recorded.
func life(spec TokenSpec) wire.Object {
	expires := any(nil)
	if !spec.Expires.IsZero() {
		expires = spec.Expires.UTC().Format(time.RFC3339)
	}
	return wire.Object{"createdAt": "2025-01-30T10:12:09.458490Z", "expiresAt": expires}
}
