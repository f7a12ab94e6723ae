package s1

import (
	"context"
	"iter"
	"net/http"
	"regexp"
	"strings"
	"time"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// An IOC is an indicator of the console's threat intelligence: something whose appearance raises an
// alert. ScopeID is a list in recent answers and a text in older ones; both are read.
type IOC struct {
	Row
	UUID         string   `json:"uuid"` // 32 hexadecimal digits; there is no id
	Name         string   `json:"name"`
	Type         IOCType  `json:"type"`
	Value        string   `json:"value"`
	Method       string   `json:"method"`
	Source       string   `json:"source"`
	Description  string   `json:"description"`
	Creator      string   `json:"creator"`
	Category     []string `json:"category"`
	MitreTactic  []string `json:"mitreTactic"`
	ExternalID   string   `json:"externalId"`
	Scope        string   `json:"scope"`
	ScopeID      []string `json:"scopeId"`
	CreationTime Time     `json:"creationTime"`
	UploadTime   Time     `json:"uploadTime"`
	UpdatedAt    Time     `json:"updatedAt"`
	ValidUntil   Time     `json:"validUntil"`
}

// IOCType says what an indicator's value is; upper case on the wire.
type IOCType string

// The types.
const (
	IOCDNS    IOCType = "DNS"
	IOCIPv4   IOCType = "IPV4"
	IOCIPv6   IOCType = "IPV6"
	IOCMD5    IOCType = "MD5"
	IOCSHA1   IOCType = "SHA1"
	IOCSHA256 IOCType = "SHA256"
	IOCURL    IOCType = "URL"
)

// Choices lists the types.
func (IOCType) Choices() []Choice {
	return []Choice{{Value: "IPV4", Label: "IPv4"}, {Value: "IPV6", Label: "IPv6"}, {Value: "DNS", Label: "DNS"}, {Value: "URL", Label: "URL"}, {Value: "MD5", Label: "MD5"}, {Value: "SHA1", Label: "SHA1"}, {Value: "SHA256", Label: "SHA256"}}
}

// Label is the type as people read it.
func (t IOCType) Label() string { return wire.Label(t) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (t *IOCType) UnmarshalText(text []byte) error { return wire.Lenient(t, text) }

// IOCSettings are what makes an indicator. Later ends than the console allows (30 days for
// addresses, 180 for the rest) are cut off without a word.
type IOCSettings struct {
	Source      string
	Type        IOCType
	Value       string
	Name        string
	Description string
	ValidUntil  time.Time // zero: the console's default, two weeks for addresses
	MitreTactic []string
	ExternalID  string
}

// EQUALS is the only method that the console has. What is empty is left out: without validUntil the
// console takes 14, 90 or 180 days by the type.
func (s IOCSettings) body() map[string]any {
	body := map[string]any{"source": s.Source, "type": s.Type, "value": s.Value, "method": "EQUALS"}
	for key, text := range map[string]string{"name": s.Name, "description": s.Description, "externalId": s.ExternalID} {
		if text != "" {
			body[key] = text
		}
	}
	if !s.ValidUntil.IsZero() {
		body["validUntil"] = FormatTime(s.ValidUntil)
	}
	if len(s.MitreTactic) > 0 {
		body["mitreTactic"] = s.MitreTactic
	}
	return body
}

func (c *Client) iocs() pages.List[IOC] {
	return pages.List[IOC]{Client: c.t, Call: transport.Call{Operation: "list IOCs", Method: http.MethodGet, Route: "threat-intelligence/iocs", Permission: "Threat Intelligence.view"}}
}

// IOCsPage returns one page of the indicators that match q, which should name accounts. A token of
// several accounts may not use this path at all (403, "This page doesn't support multi-scopes users
// yet").
func (c *Client) IOCsPage(ctx context.Context, q Query) (Page[IOC], error) {
	return c.iocs().Page(ctx, q)
}

// IOCs goes through all indicators that match q, page by page.
func (c *Client) IOCs(ctx context.Context, q Query) iter.Seq2[IOC, error] {
	return c.iocs().All(ctx, q)
}

// IOCsByUUID returns the indicators of accounts with the given uuids; those that the console does not know are missing.
func (c *Client) IOCsByUUID(ctx context.Context, accounts []AccountID, uuids []string) ([]IOC, error) {
	if err := checkIOCs(accounts, uuids); err != nil {
		return nil, transport.Refusal("list IOCs", err)
	}
	asked := map[string]string{} // the console may spell them otherwise
	for _, uuid := range uuids {
		asked[plainUUID(uuid)] = uuid
	}
	return pages.RowsByID(ctx, c.iocs(), "uuids", uuids, Query{}.With("accountIds", texts(accounts)...), func(i IOC) string { return asked[plainUUID(i.UUID)] })
}

// CreateIOC makes an indicator in accounts. Without a filter it would be made for the token's own
// scope, which can be global.
func (c *Client) CreateIOC(ctx context.Context, accounts []AccountID, settings IOCSettings) ([]IOC, error) {
	call := transport.Call{Operation: "create IOC", Method: http.MethodPost, Route: "threat-intelligence/iocs", Permission: "Threat Intelligence.manage"}
	in := Scope{Accounts: accounts}
	if err := in.check(); err != nil {
		return nil, transport.Refusal(call.Operation, err)
	}
	call.Body = map[string]any{"filter": in, "data": []any{settings.body()}}
	return pages.Made[IOC](ctx, c.t, call)
}

// DeleteIOCs deletes indicators of accounts by uuid. Accounts alone would mean all of theirs and are refused.
func (c *Client) DeleteIOCs(ctx context.Context, accounts []AccountID, uuids []string) (ActionResult, error) {
	call := transport.Call{Operation: "delete IOCs", Method: http.MethodDelete, Route: "threat-intelligence/iocs", Permission: "Threat Intelligence.manage"}
	if err := checkIOCs(accounts, uuids); err != nil {
		return ActionResult{}, transport.Refusal(call.Operation, err)
	}
	call.Body = map[string]any{"filter": map[string][]string{"accountIds": texts(accounts), "uuids": uuids}}
	return changes.Send(ctx, c.t, call)
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// plainUUID is a uuid in small letters without its dashes.
func plainUUID(uuid string) string { return strings.ReplaceAll(strings.ToLower(uuid), "-", "") }

// The console would take accountIds alone for all of theirs.
func checkIOCs(accounts []AccountID, uuids []string) error {
	if len(uuids) == 0 {
		return ErrNothingSelected
	}
	for _, uuid := range uuids {
		if !uuidForm.MatchString(plainUUID(uuid)) {
			return ErrInvalidID
		}
	}
	return Scope{Accounts: accounts}.check()
}
