package transport

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"s1bot/s1/wire"
)

// A TokenOwner is what kind of user an API token belongs to.
type TokenOwner string

// The owners. A person's token goes with the person, and lives for months at most; a service user's
// lives for up to two years.
const (
	OwnerUnknown TokenOwner = ""
	ServiceUser  TokenOwner = "service user"
	Person       TokenOwner = "person"
)

// A Token is what is known of the API token that the client shows, beside the token itself.
type Token struct {
	Expires time.Time // zero: it has no end, or the console does not tell
	Owner   TokenOwner
}

// tokenLife is when a token was made and ends. A null is no date: no end, or none that is known.
type tokenLife struct {
	Expires wire.Time `json:"expiresAt"`
}

// self is the row of the user that the token belongs to.
type self struct {
	Email string    `json:"email"`
	Token tokenLife `json:"apiToken"`
}

// serviceUserMail is how the address of a service user begins; the rest is a UUID at the console's
// own name (seen in reports of users).
const serviceUserMail = "serviceuser-"

// AskToken asks when the client's token ends and whose it is. There are three ways, and no console
// is known to answer all of them: the token's details (documented; for a service user's token
// nobody has shown that it works), the user's own row (needs Users.view on some), and the end that
// a token in the form of a JWT has in itself. What the console refuses is unknown, without an
// error; an error is that it does not answer, or knows no such token.
func (c *Client) AskToken(ctx context.Context) (Token, error) {
	token := c.Token()
	life, err := Get[tokenLife](ctx, c, Call{
		Operation: "get token details", Method: http.MethodPost, Route: "users/api-token-details", Hides: []wire.Secret{token},
		Body: map[string]any{"data": map[string]string{"apiToken": token.Reveal()}},
	})
	if err != nil && !refusesToTell(err) {
		return Token{}, err
	}
	user, err := Get[self](ctx, c, Call{Operation: "get own user", Method: http.MethodGet, Route: "user", Permission: "Users.view"})
	if err != nil && !refusesToTell(err) {
		return Token{}, err
	}
	known := Token{Expires: life.Expires.Time, Owner: ownerOf(user.Email)}
	if known.Expires.IsZero() {
		known.Expires = user.Token.Expires.Time
	}
	claims := claimsOf(token)
	if known.Expires.IsZero() && claims.Expires > 0 {
		known.Expires = wire.TimeOf(time.Unix(claims.Expires, 0)).Time
	}
	if known.Owner == OwnerUnknown {
		known.Owner = ownerOf(claims.Subject)
	}
	return known, nil
}

// refusesToTell tells an answer that keeps something back, or makes no sense, from none at all, and
// from one that the token is no good (401).
func refusesToTell(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status >= http.StatusOK && e.Status < http.StatusInternalServerError &&
		e.Status != http.StatusUnauthorized && e.Status != http.StatusTooManyRequests
}

// ownerOf tells by the address: the console gives service users one of its own making.
func ownerOf(mail string) TokenOwner {
	switch {
	case strings.HasPrefix(strings.ToLower(mail), serviceUserMail):
		return ServiceUser
	case strings.Contains(mail, "@"):
		return Person
	}
	return OwnerUnknown
}

// claims are the parts of a JWT that say whose it is and when it ends (RFC 7519, section 4.1).
type claims struct {
	Subject string `json:"sub"`
	Expires int64  `json:"exp"`
}

// claimsOf reads what a token says of itself; one that is no JWT says nothing. Nobody checks the
// signature: who wanted to deceive us would have to be who gave us the token.
func claimsOf(token wire.Secret) (said claims) {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return claims{}
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(body, &said) != nil {
		return claims{}
	}
	return said
}
