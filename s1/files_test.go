package s1_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

const leaked = "Leaked-Password-1!"

func TestAnOrderForFilesIsWrittenAsTheConsoleReadsIt(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"success":true}}`))
	require.NoError(t, console.FetchFiles(t.Context(), consoletest.AgentA, []string{`C:\Windows\Temp\a.txt`}, s1.NewSecret(leaked)))
	asked := console.Asked()[0]
	require.Equal(t, "/web/api/v2.1/agents/1845174760470303882/actions/fetch-files", asked.Path)
	require.JSONEq(t, `{"data":{"files":["C:\\Windows\\Temp\\a.txt"],"password":"`+leaked+`"}}`, asked.Body)

	require.ErrorIs(t, console.FetchFiles(t.Context(), "../1", []string{"/a"}, s1.NewSecret(leaked)), s1.ErrInvalidID)
	require.ErrorIs(t, console.FetchFiles(t.Context(), consoletest.AgentA, nil, s1.NewSecret(leaked)), s1.ErrInvalidValue)
	require.ErrorIs(t, console.FetchFiles(t.Context(), consoletest.AgentA, make([]string, s1.MaxFiles+1), s1.NewSecret(leaked)), s1.ErrInvalidValue)
	require.Len(t, console.Asked(), 1)
}

func TestAThreatsFileIsAskedForByOneID(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":0}}`))
	n, err := console.FetchThreatFile(t.Context(), consoletest.ThreatA, s1.NewSecret(leaked))
	require.NoError(t, err)
	require.Zero(t, n)
	require.JSONEq(t, `{"filter":{"ids":["1112953674841025235"]},"data":{"password":"`+leaked+`"}}`, console.Asked()[0].Body)
}

// A console that repeats what it was sent, or answers with something else than expected, does not get a password into a message.
func TestAPasswordNeverComesBackInAnError(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"refused":  consoletest.Status(http.StatusBadRequest, `{"errors":[{"detail":"password: '`+leaked+`' is too weak"}]}`),
		"not done": consoletest.OK(`{"data":{"success":false}}`),
		"no data":  consoletest.OK(`{"errors":[{"detail":"` + leaked + `"}]}`),
		"a page":   consoletest.OK(`<html><title>` + leaked + `</title>`),
		"broken":   consoletest.BrokenOff,
		"nothing":  consoletest.NoAnswer,
	} {
		console := consoletest.Start(t, answer)
		err := console.FetchFiles(t.Context(), consoletest.AgentA, []string{"/a"}, s1.NewSecret(leaked))
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), leaked, name)
	}
}

func TestPasswordsOfArchives(t *testing.T) {
	t.Parallel()
	for password, good := range map[string]bool{
		"MySecret-1": true, "Ünïcode-12": true, "MySecret 12": false, "My Secret-12": true, "MySecret-": false, "mysecret-12": false, "MYSECRET-12": false,
		"MySecret-xx": false, "MySecret123": false, "": false, "Mü-1": false,
	} {
		require.Equal(t, good, s1.CheckPassword(s1.NewSecret(password)) == nil, password)
	}
}

func TestPathsThatNameOneFile(t *testing.T) {
	t.Parallel()
	for path, whole := range map[string]bool{
		`C:\a.txt`: true, `c:/a`: true, `/etc/passwd`: true, `\\server\share\a`: true, `\Device\HarddiskVolume3\a`: true,
		`a.txt`: false, `C:a`: false, `C:\`: false, `/`: false, `C:\*.txt`: false, `/tmp/?`: false, "": false, "/a\nb": false, `%TEMP%\a`: false,
	} {
		require.Equal(t, whole, s1.Absolute(path), path)
	}
}

const uploadRow = `{"data":[{"id":"1929937418124016990","activityType":80,"agentId":"1845174760470303882","createdAt":"2024-04-16T19:23:08.000000Z",
	"data":{"commandBatchUuid":"7011777f","commandId":1929937418124016000,"filename":"../../lab3_19_23_08.zip","downloadUrl":%s,"filePath":null}}],
	"pagination":{"totalItems":1,"nextCursor":null}}`

func uploadOf(t *testing.T, link string) s1.Upload {
	t.Helper()
	console := consoletest.Start(t, consoletest.OK(strings.Replace(uploadRow, "%s", link, 1)))
	found, err := s1.Collect(console.Uploads(t.Context(), s1.Query{}.With("activityTypes", "80")))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// The address that the console gives is used if it looks as it should; anything else is left alone.
func TestAnUploadIsReadFromTheConsoleAlone(t *testing.T) {
	t.Parallel()
	for link, path := range map[string]string{
		`"/agents/1/uploads/2"`:                  "/web/api/v2.1/agents/1/uploads/2",
		`"https://evil.example/agents/1"`:        "/web/api/v2.1/agents/1845174760470303882/uploads/1929937418124016990",
		`"/agents/1/uploads/../../users/delete"`: "/web/api/v2.1/agents/1845174760470303882/uploads/1929937418124016990",
		`null`:                                   "/web/api/v2.1/agents/1845174760470303882/uploads/1929937418124016990",
		`17`:                                     "/web/api/v2.1/agents/1845174760470303882/uploads/1929937418124016990",
	} {
		u := uploadOf(t, link)
		require.Equal(t, "7011777f", u.Data.Batch)
		require.Equal(t, "lab3_19_23_08.zip", u.Name())
		require.NotContains(t, string(u.Raw), "uploads/2")
		console := consoletest.Start(t, consoletest.Status(http.StatusOK, "PK\x03\x04", "Content-Type", "application/zip"))
		var place consoletest.Place
		file, err := console.DownloadUpload(t.Context(), u, place.Keep)
		require.NoError(t, err)
		require.Equal(t, path, console.Asked()[0].Path, link)
		require.Equal(t, "*/*", console.Asked()[0].Header.Get("Accept"))
		require.Equal(t, "PK\x03\x04", place.String())
		require.EqualValues(t, 4, file.Size)
		require.Zero(t, place.Closed, "the file is the caller's")
		require.Equal(t, "lab3_19_23_08.zip", file.Name)
		require.Equal(t, fmt.Sprintf("%x", sha256.Sum256(place.Bytes())), file.SHA256)
	}
	_, err := consoletest.Start(t, consoletest.OK("x")).DownloadUpload(t.Context(), s1.Upload{AgentID: "a/b", ID: "1"}, new(consoletest.Place).Keep)
	require.ErrorIs(t, err, s1.ErrInvalidID)
}

func TestWhatIsNoFileIsNotHandedOver(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"a sign-in page": {consoletest.Status(http.StatusOK, "<title>Sign in</title>", "Content-Type", "text/html; charset=utf-8"), "web page instead of a file: Sign in"},
		"nothing":        {consoletest.OK(""), "empty file"},
		"gone":           {consoletest.Status(http.StatusGone, `{"errors":[{"code":4100010,"detail":"The requested files do not exist."}]}`), "do not exist"},
		"another one":    {consoletest.Status(http.StatusBadRequest, `{"errors":[{"code":4000010,"detail":"Incorrect activity"}]}`), "Incorrect activity"},
		"cut":            {consoletest.BrokenOff, "was cut off"},
	} {
		_, err := consoletest.Start(t, row.answer).DownloadUpload(t.Context(), s1.Upload{AgentID: consoletest.AgentA, ID: "1"}, new(consoletest.Place).Keep)
		require.ErrorContains(t, err, row.want, name)
	}
}

// A try that broke off leaves nothing of it in the file, and what is no file leaves no place taken.
func TestADownloadThatBrokeOffBeginsAnew(t *testing.T) {
	t.Parallel()
	upload := s1.Upload{AgentID: consoletest.AgentA, ID: "1"}
	var place consoletest.Place
	console := consoletest.Start(t, consoletest.Answering(consoletest.BrokenOff, consoletest.Status(http.StatusOK, "PK", "Content-Type", "application/zip")))
	file, err := console.DownloadUpload(t.Context(), upload, place.Keep)
	require.NoError(t, err)
	require.Equal(t, "PK", place.String())
	require.EqualValues(t, 2, file.Size)
	require.Equal(t, []int{2, 1}, []int{place.Made, place.Closed})

	var wrong consoletest.Place
	_, err = consoletest.Start(t, consoletest.Status(http.StatusOK, "<title>Sign in</title>", "Content-Type", "text/html")).DownloadUpload(t.Context(), upload, wrong.Keep)
	require.Error(t, err)
	require.Equal(t, wrong.Made, wrong.Closed)
}

// A full disk is no fault of the console's: it is not asked again.
func TestAFullDiskIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	full := consoletest.Place{Full: errors.New("no space left on device")}
	console := consoletest.Start(t, consoletest.Status(http.StatusOK, "PK", "Content-Type", "application/zip"))
	_, err := console.DownloadUpload(t.Context(), s1.Upload{AgentID: consoletest.AgentA, ID: "1"}, full.Keep)
	require.ErrorContains(t, err, "no room on my disk")
	require.Len(t, console.Asked(), 1)
	require.Equal(t, full.Made, full.Closed)
}

func TestGoneIsToldByStatusOrCode(t *testing.T) {
	t.Parallel()
	for _, answer := range []http.HandlerFunc{
		consoletest.Status(http.StatusGone, ""), consoletest.Status(http.StatusNotFound, `{"errors":[{"code":4100010,"title":"Resource not found"}]}`),
	} {
		_, err := consoletest.Start(t, answer).DownloadUpload(t.Context(), s1.Upload{AgentID: consoletest.AgentA, ID: "1"}, new(consoletest.Place).Keep)
		require.ErrorIs(t, err, s1.ErrGone)
	}
	_, err := consoletest.Start(t, consoletest.Status(http.StatusNotFound, `{"errors":[{"code":4040010}]}`)).DownloadUpload(t.Context(), s1.Upload{AgentID: consoletest.AgentA, ID: "1"}, new(consoletest.Place).Keep)
	require.NotErrorIs(t, err, s1.ErrGone)
}

// A large file is refused by its announced size, before it is read, and by what was read where nothing is announced.
func TestALargeFileIsRefused(t *testing.T) {
	t.Parallel()
	written := 0
	announced := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10485761")
		for range 11 << 10 {
			n, err := w.Write(make([]byte, 1<<10))
			if written += n; err != nil {
				return
			}
		}
	}
	silent := func(w http.ResponseWriter, _ *http.Request) {
		for range 11 << 10 {
			_, _ = w.Write(make([]byte, 1<<10))
		}
	}
	for _, answer := range []http.HandlerFunc{announced, silent} {
		console := consoletest.Start(t, answer)
		_, err := console.DownloadUpload(t.Context(), s1.Upload{AgentID: consoletest.AgentA, ID: "1"}, new(consoletest.Place).Keep)
		require.ErrorIs(t, err, s1.ErrTooLarge)
		require.ErrorContains(t, err, "larger than 10 MB")
		require.Len(t, console.Asked(), 1, "not tried again")
	}
}

// A console may keep files in cloud storage: the redirect is followed, and the token stays behind.
func TestARedirectToStorageIsFollowedWithoutTheToken(t *testing.T) {
	t.Parallel()
	var seen http.Header
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header
		_, _ = io.WriteString(w, "PK")
	}))
	t.Cleanup(storage.Close)
	console := consoletest.Start(t, consoletest.Status(http.StatusFound, "", "Location", storage.URL+"/a?Signature=secret"))
	var place consoletest.Place
	_, err := console.DownloadUpload(t.Context(), s1.Upload{AgentID: consoletest.AgentA, ID: "1"}, place.Keep)
	require.NoError(t, err)
	require.Equal(t, "PK", place.String())
	require.Empty(t, seen.Get("Authorization"))

	for _, bad := range []string{"http://evil.example/x?Signature=secret", "ftp://127.0.0.1/x?Signature=secret", "https://u:p@evil.example/?Signature=secret"} {
		console := consoletest.Start(t, consoletest.Status(http.StatusFound, "", "Location", bad))
		_, err := console.DownloadUpload(t.Context(), s1.Upload{AgentID: consoletest.AgentA, ID: "1"}, new(consoletest.Place).Keep)
		require.ErrorIs(t, err, s1.ErrInvalidValue, bad)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestScriptsAreReadWhateverTheConsoleLeavesOut(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"1466645476786791838","scriptName":"Terminate","scriptType":"action","osTypes":["macos","linux"],"inputRequired":true,
		"scopeId":"-1","creatorId":"-1","mgmtId":-1,"supportedDestinations":null,"package":null,"scriptRuntimeTimeoutSeconds":"3600","updatedAt":null},
		{"id":"1","osTypes":"windows","supportedDestinations":["SentinelCloud"]}],"pagination":{"totalItems":2,"nextCursor":null}}`))
	scripts, err := s1.Collect(console.Scripts(t.Context(), nil))
	require.NoError(t, err)
	first, second := scripts[0], scripts[1]
	require.True(t, first.InputRequired)
	require.Equal(t, 3600, first.TimeoutSeconds)
	require.True(t, first.Runs("linux") && first.Runs("") && !first.Runs("windows"))
	require.True(t, second.Runs("windows_legacy"))
	require.True(t, first.Takes(s1.ToLocal), "what is not said is left to the console")
	require.True(t, second.Takes(s1.ToCloud) && second.Takes(s1.ToNone) && !second.Takes(s1.ToLocal))
}

func TestARunIsWrittenAsTheConsoleReadsIt(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Answering(consoletest.OK(`{"data":{"affected":1,"parentTaskId":"1234567890123456789","pending":false}}`),
		consoletest.OK(`{"data":{"affected":1,"parentTaskId":null,"pendingExecutionId":"77","pending":true}}`), consoletest.OK(`{"data":{"parentTaskId":"5"}}`)))
	whole := s1.ScriptRun{Script: "225494730938493804", Description: "test", Destination: s1.ToLocal, Directory: `C:\Out`, Input: "-Name x", Password: s1.NewSecret(leaked), Timeout: 3600}
	started, err := console.RunScript(t.Context(), []s1.AgentID{consoletest.AgentA}, whole)
	require.NoError(t, err)
	require.Equal(t, s1.ScriptStart{Affected: 1, Task: "1234567890123456789"}, started)
	require.JSONEq(t, `{"filter":{"ids":["1845174760470303882"]},"data":{"scriptId":"225494730938493804","taskDescription":"test","outputDestination":"Local",
		"inputParams":"-Name x","password":"`+leaked+`","outputDirectory":"C:\\Out","scriptRuntimeTimeoutSeconds":3600}}`, console.Asked()[0].Body)

	bare := s1.ScriptRun{Script: "1", Description: "test", Destination: s1.ToNone}
	started, err = console.RunScript(t.Context(), []s1.AgentID{consoletest.AgentA}, bare)
	require.NoError(t, err)
	require.Equal(t, s1.ScriptStart{Affected: 1, Pending: true, PendingExecution: "77"}, started)
	require.JSONEq(t, `{"filter":{"ids":["1845174760470303882"]},"data":{"scriptId":"1","taskDescription":"test","outputDestination":"None"}}`, console.Asked()[1].Body)
	started, err = console.RunScript(t.Context(), []s1.AgentID{consoletest.AgentA}, bare)
	require.NoError(t, err)
	require.Equal(t, s1.Unsaid, started.Affected)

	for _, wrong := range []s1.ScriptRun{
		{Script: "x", Description: "test", Destination: s1.ToNone}, {Script: "1", Description: " a ", Destination: s1.ToNone}, {Script: "1", Description: "test"},
		{Script: "1", Description: "test", Destination: s1.ToNone, Timeout: 59}, {Script: "1", Description: "test", Destination: s1.ToNone, Timeout: 172801},
	} {
		_, err := console.RunScript(t.Context(), []s1.AgentID{consoletest.AgentA}, wrong)
		require.Error(t, err)
	}
	_, err = console.RunScript(t.Context(), nil, bare)
	require.ErrorIs(t, err, s1.ErrNothingSelected)
	require.Len(t, console.Asked(), 3)
}

func TestTasksAreReadAsTheyWereRecorded(t *testing.T) {
	t.Parallel()
	recorded := `{"data":[{"accountName":"Metron Team","agentComputerName":"MSEDGEWIN10","agentId":"0987654321","agentIsActive":true,"agentOsType":"windows",
		"description":"A test","detailedStatus":"Execution completed successfully","id":"123456","parentTaskId":"123456789","status":"completed","statusCode":null,
		"statusDescription":"Completed","updatedAt":"2024-07-30T06:44:50.881432Z"}],"pagination":{"totalItems":1}}`
	console := consoletest.Start(t, consoletest.OK(recorded))
	tasks, err := s1.Collect(console.ScriptTasks(t.Context(), s1.Query{}.With("parentTaskId__in", "123456789")))
	require.NoError(t, err)
	require.Equal(t, s1.TaskID("123456"), tasks[0].ID)
	require.True(t, tasks[0].Status.Ended())
	require.Equal(t, "Completed", tasks[0].Status.Label())
	require.False(t, s1.TaskStatus("in_progress").Ended())
	require.False(t, s1.TaskStatus("something_new").Ended())
}

// The API document and recorded answers put the links in different places; both are read.
func TestResultsAreFoundWhereverTheConsolePutsThem(t *testing.T) {
	t.Parallel()
	one := `{"taskId":"5","fileName":"5.zip","downloadUrl":"https://storage.test/5?Signature=secret"}`
	for _, answer := range []string{
		`{"data":{"download_links":[` + one + `],"errors":[{"taskId":"6","errorString":"none"}]}}`,
		`{"data":{"data":{"downloadLinks":[` + one + `],"errors":[{"taskId":"6","errorString":"none"}]}}}`,
	} {
		console := consoletest.Start(t, consoletest.OK(answer))
		found, err := console.ScriptResultsOf(t.Context(), []s1.TaskID{"5", "6", "5"})
		require.NoError(t, err)
		require.JSONEq(t, `{"data":{"taskIds":["5","6"]}}`, console.Asked()[0].Body)
		require.Len(t, found.Files, 1)
		require.Equal(t, "https://storage.test/5?Signature=secret", found.Files[0].Link.Reveal())
		require.Equal(t, []s1.ScriptResultError{{Task: "6", Message: "none"}}, found.Errors)
		shown, err := json.Marshal(found)
		require.NoError(t, err)
		require.NotContains(t, string(shown), "Signature", "a link hands out the file to whoever has it")
	}
	console := consoletest.Start(t, consoletest.OK(`{"data":{"download_links":null,"errors":null}}`))
	found, err := console.ScriptResultsOn(t.Context(), []string{"DESKTOP"})
	require.NoError(t, err)
	require.Empty(t, found.Files)
	require.JSONEq(t, `{"data":{"computerNames":["DESKTOP"]}}`, console.Asked()[0].Body)
	_, err = console.ScriptResultsOf(t.Context(), nil)
	require.ErrorIs(t, err, s1.ErrNothingSelected)
	_, err = console.ScriptResultsOn(t.Context(), nil)
	require.ErrorIs(t, err, s1.ErrNothingSelected)
}

func TestALinkThatHasExpiredIsGoneAndStaysSecret(t *testing.T) {
	t.Parallel()
	var seen http.Header
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(storage.Close)
	console := consoletest.Start(t, consoletest.OK(""))
	_, err := console.DownloadScriptResult(t.Context(), s1.ScriptResult{Task: "5", Link: s1.NewSecret(storage.URL + "/5.zip?Signature=secret")}, new(consoletest.Place).Keep)
	require.ErrorIs(t, err, s1.ErrGone)
	require.NotContains(t, err.Error(), "secret")
	require.Empty(t, consoletest.AsError(t, err).Permission)
	require.Empty(t, seen.Get("Authorization"))
	require.Empty(t, console.Asked())

	storage.Close()
	_, err = console.DownloadScriptResult(t.Context(), s1.ScriptResult{Task: "5", Link: s1.NewSecret(storage.URL + "/5.zip?Signature=secret")}, new(consoletest.Place).Keep)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret")
	require.NotContains(t, consoletest.AsError(t, err).Err.Error(), "secret", "the log prints the cause")
	_, err = console.DownloadScriptResult(t.Context(), s1.ScriptResult{Task: "5", Link: s1.NewSecret("http://storage.example/5.zip?Signature=secret")}, new(consoletest.Place).Keep)
	require.ErrorIs(t, err, s1.ErrInvalidValue)
}
