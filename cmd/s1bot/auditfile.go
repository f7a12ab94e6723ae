package main

import (
	"context"
	"fmt"

	"s1bot/approvals/trailfile"
	"s1bot/render"
)

// streamAudit appends the audit trail to S1BOT_AUDIT_FILE until ctx ends.
func (p *program) streamAudit(ctx context.Context) error {
	path := p.config.AuditFile
	if path == "" {
		return nil
	}
	return trailfile.Stream{
		Path: path, Rows: p.auditAfter, Log: p.log,
		Tell: func(ctx context.Context, failure error) error {
			return p.tellOperators(ctx, "audit file "+path, auditFileCard(path, failure))
		},
	}.Run(ctx)
}

// auditFileCard says that the file is behind, or that it is not any more.
func auditFileCard(path string, failure error) render.Card {
	if failure == nil {
		return auditCard("The audit trail is written to its file again", path+" is up to date again.")
	}
	return auditTrouble("The audit trail doesn't reach its file", fmt.Sprintf("I can't write to %s: %v.", path, failure), "Check the disk and the file, then S1BOT_AUDIT_FILE.")
}
