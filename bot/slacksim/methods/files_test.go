package methods_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

func TestAFileIsUploadedInThreeSteps(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	api := slack.New(slacksim.BotToken, slack.OptionAPIURL(s.Server.URL+"/api/"))
	content := "name\nDESKTOP-1\n"
	_, err := api.UploadFileContext(s.Ctx, slack.UploadFileParameters{
		Filename: "agents.csv", Title: "Agents", FileSize: len(content), Reader: strings.NewReader(content), Channel: s.SOC, InitialComment: "all of them",
	})
	simtest.Must(t, err)
	m, err := s.WaitMessage(s.Ctx, "#soc", nil)
	simtest.Must(t, err)
	simtest.Equal(t, m.PlainText(), "all of them\nagents.csv")
	simtest.Equal(t, string(m.Files[0].Content), content)
	answer, err := http.Get(s.Server.URL + "/demo/file/" + m.Files[0].ID)
	simtest.Must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	simtest.Must(t, err)
	simtest.Equal(t, string(body), content)
	simtest.Contains(t, answer.Header.Get("Content-Disposition"), "attachment")
	s.NoViolations()
}

func TestAnUploadMustKeepItsWord(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	out := s.Works("files.getUploadURLExternal", "filename", "a.csv", "length", "3")
	answer, err := http.Post(out["upload_url"].(string), "application/octet-stream", strings.NewReader("four"))
	simtest.Must(t, err)
	simtest.Equal(t, answer.StatusCode, http.StatusBadRequest)
	s.Violated("3 bytes were announced and 4 came")
	files := `[{"id":"` + out["file_id"].(string) + `"}]`
	simtest.Equal(t, s.Fails("files.completeUploadExternal", "files", files, "channel_id", s.SOC), "file_not_found")
	answer, err = http.Post(out["upload_url"].(string), "application/octet-stream", strings.NewReader("abc"))
	simtest.Must(t, err)
	simtest.Equal(t, answer.StatusCode, http.StatusOK)
	elsewhere := s.AddChannel(slacksim.Channel{Name: "elsewhere", NoBot: true})
	simtest.Equal(t, s.Fails("files.completeUploadExternal", "files", files, "channel_id", elsewhere), "not_in_channel")
	s.Works("files.completeUploadExternal", "files", files, "channel_id", s.SOC)
	simtest.Equal(t, s.Fails("files.completeUploadExternal", "files", files, "channel_id", s.SOC), "file_not_found")
}

func TestFaultsHappenOnDemand(t *testing.T) {
	t.Parallel()
	call := func(s *simtest.Story) (int, string, error) {
		client := http.Client{Timeout: 200 * time.Millisecond}
		r, err := http.NewRequest(http.MethodPost, s.Server.URL+"/api/chat.postMessage?text=x&channel="+s.SOC, nil)
		simtest.Must(t, err)
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
			s := simtest.New(t, slacksim.Options{})
			tc.fault.Method = "chat.postMessage"
			s.Fail(tc.fault)
			s.Works("auth.test")
			status, body, err := call(s)
			simtest.Equal(t, status, tc.status)
			simtest.Equal(t, err != nil, tc.status == 0)
			simtest.Contains(t, body, tc.body)
			status, body, err = call(s)
			simtest.Must(t, err)
			simtest.Equal(t, status, 200)
			simtest.Contains(t, body, `"ok":true`)
		})
	}
}

func TestAnAnswerCanBeLostAfterItsEffect(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	s.Fail(slacksim.Fault{Method: "*", Kind: slacksim.FaultStatus, After: true, Times: 2})
	s.API("chat.postMessage", "channel", s.SOC, "text", "once")
	s.API("chat.postMessage", "channel", s.SOC, "text", "twice")
	s.Works("chat.postMessage", "channel", s.SOC, "text", "thrice")
	simtest.Equal(t, len(s.User("alice").Sees("#soc")), 3)
	s.Fail(slacksim.Fault{Method: "*", Times: -1})
	simtest.Equal(t, s.Fails("auth.test")+s.Fails("auth.test"), "internal_errorinternal_error")
	s.ClearFaults()
	s.Works("auth.test")
}
