package files

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
	"s1bot/render"
)

// What a script is called with is a secret where it holds one; the approver reads that there is one.
func TestAScriptsInputWithAPasswordIsASecret(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, cat(t), "DESKTOP-1")
	cmd, _ := cat(t).Find("run-script")
	inv, _, err := slash.Parse(cat(t), `run-script filter={"computerName":"DESKTOP-1"} script-id="List Open Ports" task-description=ports output-destination=None input-params="-User admin -Password S3cret!" reason=x`, commandtest.Input())
	require.NoError(t, err)
	args, secrets := cmd.Hide(inv.Args)
	require.NotContains(t, string(args)+slash.Line(cmd, args), "S3cret")
	s.Call.Secrets = secrets
	plan, err := cmd.Prepare(t.Context(), s.Call, args)
	require.NoError(t, err)
	require.NotContains(t, string(catalog.Marshal(plan)), "S3cret")
	require.Contains(t, plan.Facts, catalog.Fact{Label: "Input", Value: "••• (not shown: it may hold a password)"})
	require.Equal(t, "-User admin -Password S3cret!", plan.Secrets["input-params"].Reveal())
	_, err = cmd.Run(t.Context(), s.Call, plan.Args)
	require.NoError(t, err)
	require.Contains(t, console.Changes()[0].Body, `"-User admin -Password S3cret!"`)

	plain := json.RawMessage(`{"input-params":"--force"}`)
	same, none := cmd.Hide(plain)
	require.JSONEq(t, string(plain), string(same))
	require.Empty(t, none)
	for _, f := range forms.Of(cmd, json.RawMessage(`{"input-params":"•••"}`), catalog.Caller{}).Fields {
		if f.Name == "input-params" {
			require.Empty(t, f.Value, "a form asks for it again")
		}
	}
}

// Nobody can list the ways in which people write a password: what is not plainly none is one.
func TestAnInputThatMayHoldAPasswordIsASecret(t *testing.T) {
	t.Parallel()
	cmd, _ := cat(t).Find("run-script")
	f, _ := cmd.Field("input-params")
	for _, secret := range []string{
		"-Cred:PW", "-p PW", "/password:x", "--token=x", "-u a:b", "-pSecret", "-psecret", "-ualice", "--api-key=abc --force", "SECRET: 'x y' z", "user=a;pwd=x y",
		"U2VjcmV0UGFzc3dvcmQh", "--data dGVzdA==", "powershell -enc SQBFAFgA", "Server=db;Database=x;Uid=sa;Pwd=y", "https://alice:hunter@host/x",
		`{"password":"x"}`, `{"a":"b"}`, "alice Summer2026", "letmein", "Authorization: Bearer abc", "AKIAIOSFODNN7EXAMPLE", "--user alice:letmein", "-P 4711", "/p:x", "-k x",
		"--pin 1234", "PW=abc", "--conn x;y", "-Credential (Get-Credential)", "--name ghp_16C7e42F292c6912E7710c838347Ae178B4a", "$env:X", `--name "unbalanced`, "-User:alice%secret",
		"--passphrase x", `net use Z: \\srv\c$ x /user:y`, "--sas sv=2020", "a:b", "--login x", "5f4dcc3b5aa765d61d8327deb882cf99", "--name пароль", "-t: x y",
	} {
		require.True(t, f.Hides(secret), secret)
		require.NotContains(t, slash.Mask(cat(t), "run-script F input-params="+secret+" script-id=1"), secret, secret)
		require.NotContains(t, slash.Mask(cat(t), "run-script F script-id=1 input-params="+secret), secret, secret)
	}
	for _, plain := range []string{
		"--force", "-r -v", "--terminate --processes ping,chrome --force", "--processes kworkerds", `-Path C:\Temp\old.log -Recurse`, "--retries 5",
		"-Uri https://example.test/ryuk.exe", "/quiet /norestart", `"C:\Program Files\App"`, "10.0.0.1", "--host srv-dc.corp.example", "name=chrome",
	} {
		require.False(t, f.Hides(plain), plain)
		require.Equal(t, plain, inputWordsFor(plain))
	}
}

// What follows an input is part of it until a parameter of the catalog begins: --token=x is none.
func TestAnInputsOwnFlagsAreMaskedWithIt(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"run-script F input-params=-a b --token=x task-description=y":  "run-script F input-params=••• task-description=y",
		"run-script F input-params=-u a --key=x=y reason=z":            "run-script F input-params=••• reason=z",
		"run-script F input-params=--force --api_secret=x":             "run-script F input-params=•••",
		"run-script F params=-Cred:PW ticket=INC-1":                    "run-script F params=••• ticket=INC-1",
		"run-script F input-params=\u00a0-p PW\nscript-id=1":           "run-script F input-params=•••\nscript-id=1",
		"can run-script F input-params=-p PW -x Y":                     "can run-script F input-params=•••",
		"run-script F input-params=--terminate --processes chrome x=y": "run-script F input-params=•••",
	} {
		require.Equal(t, want, slash.Mask(cat(t), line), line)
	}
}

// After a restart a mark is all there is: the person is asked, and nothing is made up in place of what they gave.
func TestASecretThatWasNotKeptIsAskedForAgain(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, cat(t), "DESKTOP-1")
	cmd, _ := cat(t).Find("collect-files")
	args := json.RawMessage(`{"agent-id":"DESKTOP-1","file-paths":["C:\\a"],"password":"•••"}`)
	_, err := cmd.Prepare(t.Context(), s.Call, args)
	require.ErrorContains(t, err, "type it again")
	_, err = cmd.Run(t.Context(), s.Call, json.RawMessage(`{"agent-id":"`+console.Agent("DESKTOP-1")["id"].(string)+`","file-paths":["C:\\a"],"password":"•••"}`))
	require.ErrorContains(t, err, "type it again")
	require.Empty(t, console.Changes())
}

// An archive whose password nobody heard is of no use: nothing is asked of the endpoint then.
func TestNothingIsAskedIfThePasswordCannotBeTold(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, cat(t), "DESKTOP-1")
	s.Call.Tell = func(context.Context, render.Card) error { return errors.New("Slack is away") }
	_, err := s.Run(`fetch DESKTOP-1 paths=C:\a`)
	require.ErrorContains(t, err, "Slack is away")
	require.Empty(t, console.Changes())
}
