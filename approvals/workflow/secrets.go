package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

// errUnsealed says why a password cannot wait.
const errUnsealed = "this needs approval, and without S1BOT_SECRET_KEY the bot can't store the password safely while the request waits"

// errDoubtful says it of what may hold a password.
const errDoubtful = "this needs approval, and without S1BOT_SECRET_KEY the bot can't safely store this value, which may contain a password, while the request waits"

// refuseUnsealed refuses, and writes down, what would have to wait with a password where there is
// no key to seal it with.
//
// The error carries the invocation, so that the form comes back with everything else that was
// typed.
func (s *Submitter) refuseUnsealed(ctx context.Context, cmd *catalog.Command, input policy.Input, plan catalog.Plan, decision policy.Decision) error {
	if !s.unsealable(plan, decision) {
		return nil
	}
	_ = s.gate.Refuse(ctx, input, policy.Decision{Effect: policy.Deny, Rule: decision.Rule, Why: render.Sentence(errUnsealed)})
	param, problem, hint := slices.Min(slices.Collect(maps.Keys(plan.Secrets))), errDoubtful, "ask whoever runs the bot to set the key; plain arguments such as --force or --processes chrome don't need it"
	if cmd.Makes(param) {
		problem, hint = errUnsealed, "leave it out: I'll generate one when the command runs and show it only to you"
	}
	return &catalog.UsageError{Command: cmd.Name, Param: param, Problem: problem, Hint: hint, Given: &render.Invocation{Command: cmd.Name, Args: plan.Args}}
}

// unsealable reports whether a plan would have to wait with a password that nothing seals.
func (c *Config) unsealable(plan catalog.Plan, decision policy.Decision) bool {
	return decision.Effect == policy.Approve && len(plan.Secrets) > 0 && !c.Ledger.Seals()
}

// sealed is a request with the passwords that its run needs. Where there is no key they are in
// memory alone, which is enough for what runs at once.
//
// What runs at once is sealed, too, if it can be: after a crash between the row and the run it
// could not run without.
func (s *Submitter) sealed(req approvals.Request, secrets catalog.Secrets) (approvals.Request, error) {
	if len(secrets) == 0 || !s.Ledger.Seals() {
		return req, nil
	}
	plain := map[string]string{}
	for name, secret := range secrets {
		plain[name] = secret.Reveal()
	}
	body, err := json.Marshal(plain)
	if err != nil {
		return req, fmt.Errorf("seal the passwords of %s: %w", req.Command, err)
	}
	return s.Ledger.Seal(req, body)
}

// secretsOf are the passwords of a request that runs: those that who asks has just given, else
// those that it waited with.
func (x *executor) secretsOf(req approvals.Request, asking *Interaction) (catalog.Secrets, error) {
	if asking != nil && len(asking.Secrets) > 0 {
		return asking.Secrets, nil
	}
	body, err := x.Ledger.Unseal(req)
	if err != nil || body == nil {
		return nil, err
	}
	var plain map[string]string
	if json.Unmarshal(body, &plain) != nil {
		return nil, approvals.ErrSealed
	}
	secrets := catalog.Secrets{}
	for name, value := range plain {
		secrets[name] = s1.NewSecret(value)
	}
	return secrets, nil
}
