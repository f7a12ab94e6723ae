package simtest

import (
	"testing"

	"s1bot/bot/slacksim"
)

// Card is the blocks of a message with two buttons, a menu and an overflow menu.
const Card = `[{"type":"header","text":{"type":"plain_text","text":"Approval needed"}},
{"type":"section","text":{"type":"mrkdwn","text":"*DESKTOP-1* of <@U0ALICE00>"},"fields":[{"type":"mrkdwn","text":"Paris"}]},
{"type":"actions","block_id":"decide","elements":[
{"type":"button","action_id":"yes","value":"A-1","style":"primary","text":{"type":"plain_text","text":"Approve"}},
{"type":"button","action_id":"no","value":"A-1","text":{"type":"plain_text","text":"Deny"}},
{"type":"static_select","action_id":"verdict","placeholder":{"type":"plain_text","text":"Verdict"},"options":[{"text":{"type":"plain_text","text":"True positive"},"value":"tp"}]},
{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"Details"},"value":"d"}]}]}]`

// Form is a modal with a name, a menu, a search box and a number.
const Form = `{"type":"modal","callback_id":"form","title":{"type":"plain_text","text":"Isolate"},"submit":{"type":"plain_text","text":"Go"},
"close":{"type":"plain_text","text":"Cancel"},"private_metadata":"kept","notify_on_close":true,"blocks":[
{"type":"input","block_id":"b1","label":{"type":"plain_text","text":"Reason"},"element":{"type":"plain_text_input","action_id":"reason","min_length":3}},
{"type":"input","block_id":"b2","optional":true,"label":{"type":"plain_text","text":"Level"},"element":{"type":"static_select","action_id":"level",
 "options":[{"text":{"type":"plain_text","text":"High"},"value":"h"},{"text":{"type":"plain_text","text":"Low"},"value":"l"}]}},
{"type":"input","block_id":"b3","optional":true,"label":{"type":"plain_text","text":"Hosts"},"element":{"type":"multi_external_select","action_id":"hosts","min_query_length":2}},
{"type":"input","block_id":"b4","optional":true,"label":{"type":"plain_text","text":"Limit"},"element":{"type":"number_input","action_id":"limit","is_decimal_allowed":false,"max_value":"1000"}},
{"type":"actions","block_id":"b5","elements":[{"type":"button","action_id":"more","text":{"type":"plain_text","text":"More"}}]}]}`

// Posted is a card in #soc.
func Posted(t *testing.T, o slacksim.Options) (*Story, *Link, slacksim.Message) {
	t.Helper()
	s := New(t, o)
	l := s.Connect()
	s.Works("chat.postMessage", "channel", s.SOC, "text", "Approval needed", "blocks", Card)
	m, err := s.WaitMessage(s.Ctx, "#soc", nil)
	Must(t, err)
	return s, l, m
}

// Trigger runs a command and returns its trigger_id.
func (s *Story) Trigger(l *Link, user string) string {
	s.T.Helper()
	Must(s.T, s.User(user).Types("#soc", "/s1"))
	return l.Take().Payload["trigger_id"].(string)
}

// Opened is a form that alice has before her.
func Opened(t *testing.T, o slacksim.Options) (*Story, *Link, slacksim.View) {
	t.Helper()
	s := New(t, o)
	l := s.Connect()
	s.Works("views.open", "trigger_id", s.Trigger(l, "alice"), "view", Form)
	v, err := s.WaitView(s.Ctx, "alice", nil)
	Must(t, err)
	return s, l, v
}
