package slacksim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"s1bot/bot/slacksim"
)

func TestAFileIsUploadedInThreeSteps(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	api := slack.New(slacksim.BotToken, slack.OptionAPIURL(s.server.URL+"/api/"))
	content := "name\nDESKTOP-1\n"
	_, err := api.UploadFileContext(s.ctx, slack.UploadFileParameters{
		Filename: "agents.csv", Title: "Agents", FileSize: len(content), Reader: strings.NewReader(content), Channel: s.soc, InitialComment: "all of them",
	})
	must(t, err)
	m, err := s.WaitMessage(s.ctx, "#soc", nil)
	must(t, err)
	equal(t, m.PlainText(), "all of them\nagents.csv")
	equal(t, string(m.Files[0].Content), content)
	answer, err := http.Get(s.server.URL + "/demo/file/" + m.Files[0].ID)
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	equal(t, string(body), content)
	contains(t, answer.Header.Get("Content-Disposition"), "attachment")
	s.noViolations()
}

func TestAnUploadMustKeepItsWord(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	out := s.works("files.getUploadURLExternal", "filename", "a.csv", "length", "3")
	answer, err := http.Post(out["upload_url"].(string), "application/octet-stream", strings.NewReader("four"))
	must(t, err)
	equal(t, answer.StatusCode, http.StatusBadRequest)
	s.violated("3 bytes were announced and 4 came")
	files := `[{"id":"` + out["file_id"].(string) + `"}]`
	equal(t, s.fails("files.completeUploadExternal", "files", files, "channel_id", s.soc), "file_not_found")
	answer, err = http.Post(out["upload_url"].(string), "application/octet-stream", strings.NewReader("abc"))
	must(t, err)
	equal(t, answer.StatusCode, http.StatusOK)
	elsewhere := s.AddChannel(slacksim.Channel{Name: "elsewhere", NoBot: true})
	equal(t, s.fails("files.completeUploadExternal", "files", files, "channel_id", elsewhere), "not_in_channel")
	s.works("files.completeUploadExternal", "files", files, "channel_id", s.soc)
	equal(t, s.fails("files.completeUploadExternal", "files", files, "channel_id", s.soc), "file_not_found")
}

func TestFaultsHappenOnDemand(t *testing.T) {
	t.Parallel()
	call := func(s *story) (int, string, error) {
		client := http.Client{Timeout: 200 * time.Millisecond}
		r, err := http.NewRequest(http.MethodPost, s.server.URL+"/api/chat.postMessage?text=x&channel="+s.soc, nil)
		must(t, err)
		r.Header.Set("Authorization", "Bearer "+slacksim.BotToken)
		answer, err := client.Do(r)
		if err != nil {
			return 0, "", err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		return answer.StatusCode, string(body) + answer.Header.Get("Retry-After"), err
	}
	for name, tc := range map[string]struct {
		fault  slacksim.Fault
		status int // 0 = no answer
		body   string
	}{
		"error":      {slacksim.Fault{Kind: slacksim.FaultError}, 200, "internal_error"},
		"rate limit": {slacksim.Fault{Kind: slacksim.FaultRateLimit, RetryAfter: 7}, 429, "7"},
		"status":     {slacksim.Fault{Kind: slacksim.FaultStatus, Status: 502}, 502, "Bad Gateway"},
		"html":       {slacksim.Fault{Kind: slacksim.FaultHTML}, 200, "<!DOCTYPE html>"},
		"hang":       {slacksim.Fault{Kind: slacksim.FaultHang}, 0, ""},
		"reset":      {slacksim.Fault{Kind: slacksim.FaultReset}, 0, ""},
		"cut":        {slacksim.Fault{Kind: slacksim.FaultCut}, 200, `{"ok":true,"channel":"C0`},
		"slow":       {slacksim.Fault{Kind: slacksim.FaultSlow, Delay: time.Millisecond}, 200, `"ok":true`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t, slacksim.Options{})
			tc.fault.Method = "chat.postMessage"
			s.Fail(tc.fault)
			s.works("auth.test")
			status, body, err := call(s)
			equal(t, status, tc.status)
			equal(t, err != nil, tc.status == 0)
			contains(t, body, tc.body)
			status, body, err = call(s)
			must(t, err)
			equal(t, status, 200)
			contains(t, body, `"ok":true`)
		})
	}
}

func TestAnAnswerCanBeLostAfterItsEffect(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	s.Fail(slacksim.Fault{Method: "*", Kind: slacksim.FaultStatus, After: true, Times: 2})
	s.api("chat.postMessage", "channel", s.soc, "text", "once")
	s.api("chat.postMessage", "channel", s.soc, "text", "twice")
	s.works("chat.postMessage", "channel", s.soc, "text", "thrice")
	equal(t, len(s.User("alice").Sees("#soc")), 3)
	s.Fail(slacksim.Fault{Method: "*", Times: -1})
	equal(t, s.fails("auth.test")+s.fails("auth.test"), "internal_errorinternal_error")
	s.ClearFaults()
	s.works("auth.test")
}
