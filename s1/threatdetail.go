package s1

import (
	"context"
	"net/http"

	"s1bot/s1/huntapi"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A ThreatAnalysis is everything that the console knows about one threat.
type ThreatAnalysis struct {
	Threat
	Rules []CustomRule `json:"customDetectionRules"` // of the private path alone
}

// A CustomRule is a detection rule of the customer's that took part in finding a threat.
type CustomRule struct {
	ID   RuleID `json:"id"`
	Name string `json:"name"`
}

// UnmarshalJSON reads the parts that a threat has and those that it has not.
func (a *ThreatAnalysis) UnmarshalJSON(data []byte) error {
	var rules struct {
		Rules []CustomRule `json:"customDetectionRules"`
	}
	_ = wire.Decode(data, &rules) // undocumented: what cannot be read is left out
	a.Rules = rules.Rules
	return transport.ReadItem(data, &a.Threat)
}

// ThreatAnalysis returns the analysis of a threat. The path is private to the console's own pages and undocumented; a console
// without it says ErrNotFound, as one does for a threat that it does not know.
func (c *Client) ThreatAnalysis(ctx context.Context, id ThreatID) (ThreatAnalysis, error) {
	call := transport.Call{Operation: "get threat analysis", Method: http.MethodGet, Route: "private/threats/{id}/analysis", IDs: []string{string(id)}, Permission: "Threats.view"}
	if !id.Valid() {
		return ThreatAnalysis{}, transport.Refusal(call.Operation, ErrInvalidID)
	}
	return transport.Get[ThreatAnalysis](ctx, c.t, call)
}

// threatEvents is the list of a threat's events; private asks the path of the console's own pages.
func (c *Client) threatEvents(id ThreatID, private bool) (pages.List[huntapi.ThreatEvent], error) {
	l := pages.List[huntapi.ThreatEvent]{Client: c.t, Call: transport.Call{Operation: "get threat events", Method: http.MethodGet, Route: "threats/{id}/explore/events", IDs: []string{string(id)}, Permission: "Threats.view"}}
	if private {
		l.Route = "private/threats/{id}/explore/all-events"
	}
	if !id.Valid() {
		return l, transport.Refusal(l.Operation, ErrInvalidID)
	}
	return l, nil
}

// ThreatEventsPage returns one page of the events of a threat. None are no error: what was found before it ran did nothing.
func (c *Client) ThreatEventsPage(ctx context.Context, id ThreatID, q Query) (Page[huntapi.ThreatEvent], error) {
	return c.eventsPage(ctx, id, false, q)
}

// AllThreatEventsPage asks the path of the console's own pages, which tells more of each event and is undocumented.
func (c *Client) AllThreatEventsPage(ctx context.Context, id ThreatID, q Query) (Page[huntapi.ThreatEvent], error) {
	return c.eventsPage(ctx, id, true, q)
}

func (c *Client) eventsPage(ctx context.Context, id ThreatID, private bool, q Query) (Page[huntapi.ThreatEvent], error) {
	l, err := c.threatEvents(id, private)
	if err != nil {
		return Page[huntapi.ThreatEvent]{}, err
	}
	return l.Page(ctx, q)
}
