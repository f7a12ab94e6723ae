package s1

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"time"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A Rule is a custom detection rule (STAR): a query that runs all the time, and what its hits lead
// to. There is no path for a single rule to read: it is found in the list by its id.
type Rule struct {
	Row
	ID                RuleID         `json:"id"`
	Name              string         `json:"name"`
	Description       string         `json:"description"`
	Severity          AlertSeverity  `json:"severity"`
	Status            RuleStatus     `json:"status"`
	StatusReason      string         `json:"statusReason"`
	QueryType         RuleQuery      `json:"queryType"`
	QueryLang         string         `json:"queryLang"`
	S1QL              string         `json:"s1ql"`
	ExpirationMode    ExpirationMode `json:"expirationMode"`
	Expiration        Time           `json:"expiration"`
	Expired           bool           `json:"expired"`
	TreatAsThreat     TreatAsThreat  `json:"treatAsThreat"` // the console stores UNDEFINED as null
	NetworkQuarantine bool           `json:"networkQuarantine"`
	GeneratedAlerts   int            `json:"generatedAlerts"`
	LastAlertTime     Time           `json:"lastAlertTime"`
	ReachedLimit      bool           `json:"reachedLimit"`
	Scope             string         `json:"scope"`
	ScopeID           []string       `json:"scopeId"` // a text in some answers
	SiteID            SiteID         `json:"siteId"`
	SiteName          string         `json:"siteName"`
	AccountID         AccountID      `json:"accountId"`
	AccountName       string         `json:"accountName"`
	Creator           string         `json:"creator"`
	CreatedAt         Time           `json:"createdAt"`
	UpdatedAt         Time           `json:"updatedAt"`

	CorrelationParams json.RawMessage `json:"correlationParams"`
	CoolOffSettings   json.RawMessage `json:"coolOffSettings"`
	ScheduledParams   json.RawMessage `json:"scheduledParams"`
}

// RowKey is what the row is known again by, whatever else it says.
func (r Rule) RowKey() string { return string(r.ID) }

// Treat is what hits are taken for; the console leaves it empty for "an alert only".
func (r Rule) Treat() TreatAsThreat {
	if r.TreatAsThreat == "" {
		return TreatUndefined
	}
	return r.TreatAsThreat
}

// Place is the scope of the rule, as the bodies of changes want it; the zero Scope if the console
// does not say. A PUT without the scope, or with another, is refused or moves the rule.
func (r Rule) Place() Scope {
	ids := r.ScopeID
	switch {
	case r.Scope == "global" || r.Scope == "tenant":
		return Scope{Tenant: true}
	case r.Scope == "account" && len(ids) > 0:
		return Scope{Accounts: idsOf[AccountID](ids)}
	case r.Scope == "account" && r.AccountID != "":
		return Scope{Accounts: []AccountID{r.AccountID}}
	case r.Scope == "site" && len(ids) > 0:
		return Scope{Sites: idsOf[SiteID](ids)}
	case r.Scope == "site" && r.SiteID != "":
		return Scope{Sites: []SiteID{r.SiteID}}
	case r.Scope == "group" && len(ids) > 0:
		return Scope{Groups: idsOf[GroupID](ids)}
	}
	return Scope{}
}

func idsOf[T ~string](texts []string) []T {
	ids := make([]T, len(texts))
	for i, s := range texts {
		ids[i] = T(s)
	}
	return ids
}

// Settings are the fields of the rule that a change sets, as they are now. A change replaces all of
// them. networkQuarantine is always sent: left out, it would be switched off.
func (r Rule) Settings() RuleSettings {
	s := RuleSettings{
		Name: r.Name, Description: r.Description, QueryType: r.QueryType, S1QL: r.S1QL, Severity: r.Severity, Status: r.Status,
		ExpirationMode: r.ExpirationMode, NetworkQuarantine: new(r.NetworkQuarantine), TreatAsThreat: r.Treat(),
		CorrelationParams: given(r.CorrelationParams), CoolOffSettings: given(r.CoolOffSettings), ScheduledParams: given(r.ScheduledParams),
	}
	if r.QueryLang != "1.0" { // which the console takes by itself
		s.QueryLang = r.QueryLang
	}
	if r.ExpirationMode == ExpiresOnce {
		s.Expiration = r.Expiration.Time
	}
	return s
}

// given returns nil for what says nothing.
func given(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" || string(raw) == "{}" {
		return nil
	}
	return raw
}

// RuleSettings are what makes a rule, and all that a change of it sets: what is left out is lost.
type RuleSettings struct {
	Name              string
	Description       string
	QueryType         RuleQuery
	QueryLang         string
	S1QL              string
	Severity          AlertSeverity
	Status            RuleStatus
	ExpirationMode    ExpirationMode
	Expiration        time.Time // of a temporary rule
	NetworkQuarantine *bool
	TreatAsThreat     TreatAsThreat

	CorrelationParams, CoolOffSettings, ScheduledParams json.RawMessage
}

// MarshalJSON writes the settings as the console wants them; empty ones are left out.
func (s RuleSettings) MarshalJSON() ([]byte, error) {
	body := map[string]any{
		"name": s.Name, "queryType": s.QueryType, "severity": s.Severity, "status": s.Status, "expirationMode": s.ExpirationMode,
	}
	for key, text := range map[string]string{
		"description": s.Description, "queryLang": s.QueryLang, "s1ql": s.S1QL, "treatAsThreat": string(s.TreatAsThreat),
	} {
		if text != "" {
			body[key] = text
		}
	}
	for key, raw := range map[string]json.RawMessage{
		"correlationParams": s.CorrelationParams, "coolOffSettings": s.CoolOffSettings, "scheduledParams": s.ScheduledParams,
	} {
		if len(raw) > 0 {
			body[key] = raw
		}
	}
	if !s.Expiration.IsZero() {
		body["expiration"] = FormatTime(s.Expiration)
	}
	if s.NetworkQuarantine != nil {
		body["networkQuarantine"] = *s.NetworkQuarantine
	}
	return json.Marshal(body)
}

func (c *Client) rules() pages.List[Rule] {
	return pages.List[Rule]{Client: c.t, Call: transport.Call{Operation: "list rules", Method: http.MethodGet, Route: "cloud-detection/rules", Permission: "Custom Rules.view"}}
}

// allRules asks for rules of every kind: without it the console leaves out scheduled and correlation rules, and does not say so.
func allRules(q Query) Query { return q.With("isLegacy", "false") }

// RulesPage returns one page of the rules that match q, of every query type.
func (c *Client) RulesPage(ctx context.Context, q Query) (Page[Rule], error) {
	return c.rules().Page(ctx, allRules(q))
}

// Rules goes through all rules that match q, page by page.
func (c *Client) Rules(ctx context.Context, q Query) iter.Seq2[Rule, error] {
	return c.rules().All(ctx, allRules(q))
}

// RulesByID returns the rules with the given ids; ids that the console does not know are missing from the result.
func (c *Client) RulesByID(ctx context.Context, ids []RuleID) ([]Rule, error) {
	wanted, err := wire.Selection(ids)
	if err != nil {
		return nil, transport.Refusal("list rules", err)
	}
	return pages.RowsByID(ctx, c.rules(), "ids", wanted, allRules(nil), func(item Rule) string { return string(item.ID) })
}

type ruleBody struct {
	Data   RuleSettings `json:"data"`
	Filter Scope        `json:"filter"`
}

// CreateRule makes a rule in a scope. Consoles tend to make a draft of it, whatever status was asked for: see Rule.Status.
func (c *Client) CreateRule(ctx context.Context, in Scope, settings RuleSettings) (Rule, error) {
	call := transport.Call{Operation: "create rule", Method: http.MethodPost, Route: "cloud-detection/rules", Permission: "Custom Rules.manage"}
	return c.putRule(ctx, call, in, settings)
}

// UpdateRule replaces the settings of a rule. in is the rule's own scope. It is a PUT: settings
// that are left out are lost, and the rule starts anew.
func (c *Client) UpdateRule(ctx context.Context, id RuleID, in Scope, settings RuleSettings) (Rule, error) {
	call := transport.Call{Operation: "update rule", Method: http.MethodPut, Route: "cloud-detection/rules/{id}", IDs: []string{string(id)}, Permission: "Custom Rules.manage"}
	if !id.Valid() {
		return Rule{}, transport.Refusal(call.Operation, ErrInvalidID)
	}
	return c.putRule(ctx, call, in, settings)
}

// It creates and replaces: both take the whole rule with its scope, and answer with a list or with
// the rule.
func (c *Client) putRule(ctx context.Context, call transport.Call, in Scope, settings RuleSettings) (Rule, error) {
	if err := in.check(); err != nil {
		return Rule{}, transport.Refusal(call.Operation, err)
	}
	call.Body = ruleBody{settings, in}
	rules, err := pages.Made[Rule](ctx, c.t, call)
	if err == nil && len(rules) == 0 {
		err = namesNothing(call)
	}
	if err != nil {
		return Rule{}, err
	}
	return rules[0], nil
}

// EnableRules activates rules; they are Activating for a while.
func (c *Client) EnableRules(ctx context.Context, ids []RuleID) (ActionResult, error) {
	return c.ruleAction(ctx, transport.Call{Operation: "activate rules", Method: http.MethodPut, Route: "cloud-detection/rules/enable"}, ids)
}

// DisableRules stops rules; they are Disabling for a while.
func (c *Client) DisableRules(ctx context.Context, ids []RuleID) (ActionResult, error) {
	return c.ruleAction(ctx, transport.Call{Operation: "disable rules", Method: http.MethodPut, Route: "cloud-detection/rules/disable"}, ids)
}

// DeleteRules deletes rules for good. A rule that is gone already is an error.
func (c *Client) DeleteRules(ctx context.Context, ids []RuleID) (ActionResult, error) {
	return c.ruleAction(ctx, transport.Call{Operation: "delete rules", Method: http.MethodDelete, Route: "cloud-detection/rules"}, ids)
}

// A filter of ids is enough: ids of rules are unique over all scopes.
func (c *Client) ruleAction(ctx context.Context, call transport.Call, ids []RuleID) (ActionResult, error) {
	selected, err := wire.Selection(ids)
	if err != nil {
		return ActionResult{}, transport.Refusal(call.Operation, err)
	}
	call.Permission, call.Body = "Custom Rules.manage", changes.Body(selected, nil)
	return changes.Send(ctx, c.t, call)
}
