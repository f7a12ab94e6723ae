package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"s1bot/approvals"
	"s1bot/approvals/syslog"
	"s1bot/bot/setup"
	"s1bot/render"
)

// syslogServer is where the audit trail is sent.
func (c *config) syslogServer() syslog.Server {
	return syslog.Server{Address: c.AuditSyslog, CA: c.AuditSyslogCA, Cert: c.AuditSyslogCert, Key: c.AuditSyslogKey}
}

// checkSyslog looks at the settings of the syslog server.
func (c *config) checkSyslog(bad func(string, string, ...any)) {
	if c.AuditSyslog != "" {
		if _, _, err := c.syslogServer().Host(); err != nil {
			bad("S1BOT_AUDIT_SYSLOG", "%w", err)
		}
	}
	for name, path := range map[string]string{"S1BOT_AUDIT_SYSLOG_CA": c.AuditSyslogCA, "S1BOT_AUDIT_SYSLOG_CERT": c.AuditSyslogCert, "S1BOT_AUDIT_SYSLOG_KEY": c.AuditSyslogKey} {
		if path != "" && c.AuditSyslog == "" {
			bad(name, "set S1BOT_AUDIT_SYSLOG, too: without it nothing is sent")
		}
	}
	if (c.AuditSyslogCert == "") != (c.AuditSyslogKey == "") {
		bad("S1BOT_AUDIT_SYSLOG_CERT", "set S1BOT_AUDIT_SYSLOG_CERT and S1BOT_AUDIT_SYSLOG_KEY together, or neither")
	}
}

// sendAudit sends the audit trail to the syslog server until ctx ends.
//
// The position is kept in the database under the server's address, so a new server gets the whole
// trail and an old one goes on; a lease there keeps it to one process at a time.
func (p *program) sendAudit(ctx context.Context) error {
	if p.config.AuditSyslog == "" {
		return nil
	}
	server := p.config.syslogServer()
	_, at, err := server.Host()
	if err != nil {
		return fmt.Errorf("S1BOT_AUDIT_SYSLOG: %w", err)
	}
	sender, reader := syslog.ThisProcess(), newReader(p.db)
	return syslog.New(syslog.Config{
		Dial: server.Dial, Positions: p.db.AuditPositions("syslog " + at), Log: p.log,
		Rows: p.auditAfter,
		Message: func(ctx context.Context, e approvals.Entry) []byte {
			row := reader.Row(ctx, e)
			return sender.Message(e, row.Who, row.Sentence)
		},
		Tell: func(ctx context.Context, failure error) error {
			return p.tellOperators(ctx, "audit syslog "+at, syslogCard(at, failure))
		},
	}).Run(ctx)
}

// auditAfter is the trail behind a row.
func (p *program) auditAfter(ctx context.Context, after int64) iter.Seq2[approvals.Entry, error] {
	trail, err := p.db.Requests().Audit(ctx, approvals.AuditQuery{After: after})
	if err != nil {
		return func(yield func(approvals.Entry, error) bool) { yield(approvals.Entry{}, err) }
	}
	return trail.Entries
}

// tellOperators posts a card to the operators' channel, if there is one. It does not wait for
// Slack: who calls tries again.
//
// Without a channel there is nobody to tell, and that counts as done: an error would be tried again
// for ever.
func (p *program) tellOperators(ctx context.Context, key string, card render.Card) error {
	select {
	case <-p.bot.Known():
	default:
		return errors.New("not connected to Slack yet")
	}
	if p.operators() == "" {
		return nil
	}
	_, err := p.bot.Channels.Post(ctx, p.operators(), "", key, card)
	return err
}

// syslogCard says that the syslog server doesn't get the audit trail, or that it does again.
func syslogCard(at string, failure error) render.Card {
	if failure == nil {
		return auditCard("The audit trail is reaching the syslog server again", at+" is up to date again.")
	}
	return auditTrouble("The audit trail doesn't reach the syslog server", fmt.Sprintf("I can't send it to %s: %v.", at, failure), "Check the server, then S1BOT_AUDIT_SYSLOG with s1bot check.")
}

// auditCard is good news of a copy of the audit trail.
func auditCard(title, words string) render.Card {
	return render.Card{Tone: render.Good, Title: title, Text: title, Parts: []render.Part{render.Line{render.Text(words)}}}
}

// auditTrouble says that a copy of the audit trail is behind, and what to do.
func auditTrouble(title, why, todo string) render.Card {
	return render.Card{Tone: render.Warning, Title: title, Text: title, Parts: []render.Part{
		render.Line{render.Text(why)},
		render.Line{render.Text("Nothing is lost and no request is held up: the rows stay in the database, and I'll keep trying. " + todo)},
	}}
}

// checkAuditCopies tries where copies of the audit trail go; one without a setting has no line.
func checkAuditCopies(ctx context.Context, c config) (findings []setup.Finding) {
	if c.AuditFile != "" {
		findings = append(findings, checkAuditFile(c.AuditFile))
	}
	if c.AuditSyslog != "" {
		findings = append(findings, checkAuditSyslog(ctx, c))
	}
	return findings
}

// checkAuditFile looks whether the file, or a new one in its folder, can be written; it leaves
// nothing there.
//
// Nothing is written to a file that is there. Where there is none, a temporary one beside it is
// tried: the file itself is the bot's to make, under its own user, who may be another than the one
// that runs the check.
func checkAuditFile(path string) setup.Finding {
	found := setup.Finding{What: "S1BOT_AUDIT_FILE", Note: path + " can be written"}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if errors.Is(err, os.ErrNotExist) {
		if file, err = os.CreateTemp(filepath.Dir(path), ".s1bot-check-*"); err == nil {
			defer func() { _ = os.Remove(file.Name()) }()
		}
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		found.Err = todo(err, "create its folder, and let the bot's user write there")
	}
	return found
}

func checkAuditSyslog(ctx context.Context, c config) setup.Finding {
	found := setup.Finding{What: "S1BOT_AUDIT_SYSLOG", Note: "connects, and its certificate is trusted"}
	err := probe(ctx, func(ctx context.Context) error {
		connection, err := c.syslogServer().Dial(ctx)
		if err != nil {
			return err
		}
		return connection.Close()
	})
	if err != nil {
		found.Err = todo(err, "check the address, the network, and, if your own CA issued the server's certificate, S1BOT_AUDIT_SYSLOG_CA")
	}
	return found
}
