package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/consoletest"
	"s1bot/s1/wire"
)

func TestRedactHidesSecretsAtAnyDepthAndNothingElse(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"name":"x","registrationToken":"eyJ"}`:                       `{"name":"x","registrationToken":"•••"}`,
		`{"a":[{"b":{"licenseKey" : "k","z":1}}]}`:                     `{"a":[{"b":{"licenseKey" : "•••","z":1}}]}`,
		`{"passphrase":{"deep":["a}\"","b"]},"z":1}`:                   `{"passphrase":"•••","z":1}`,
		`{"PassWord":12345,"z":1}`:                                     `{"PassWord":"•••","z":1}`,
		`{"api_token":"t","refresh-token":"u"}`:                        `{"api_token":"•••","refresh-token":"•••"}`,
		`{"pa\u0073sword":"hunter2"}`:                                  `{"pa\u0073sword":"•••"}`,
		`{"data":{"downloadUrl":"/agents/1/uploads/2"}}`:               `{"data":{"downloadUrl":"•••"}}`,
		`{"licenseKey":"","registrationToken":null,"token":true}`:      `{"licenseKey":"","registrationToken":null,"token":true}`,
		`{"link":"https://bucket.test/f.zip?X-Amz-Signature=abc&x=1"}`: `{"link":"•••"}`,
		`["https://bucket.test/f.zip?Signature=abc",1.50,"password"]`:  `["•••",1.50,"password"]`,
		`{"commandline":"curl 'a?Signature=abc' \\ \"token\": \"x\""}`: `{"commandline":"curl 'a?Signature=abc' \\ \"token\": \"x\""}`,
		`{"z":1,"a":1e400,"id":18451747604703038821845174760}`:         `{"z":1,"a":1e400,"id":18451747604703038821845174760}`,
		`"token"`: `"token"`,
		`{}`:      `{}`,
		``:        ``,
	} {
		require.Equal(t, want, string(wire.Redact(json.RawMessage(raw))), raw)
	}
}

func TestRedactRepairsText(t *testing.T) {
	t.Parallel()
	require.Equal(t, "{\"name\":\"a\uFFFDb\"}", string(wire.Redact(json.RawMessage("{\"name\":\"a\xff\xfeb\"}"))))
}

func TestRedactDoesNotTouchWhatItWasGiven(t *testing.T) {
	t.Parallel()
	raw := json.RawMessage(`{"token":"t","z":1}`)
	wire.Redact(raw)
	require.Equal(t, `{"token":"t","z":1}`, string(raw))
}

func TestActivityDataIsRedactedToo(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"1","activityType":80,"data":{"downloadUrl":"/agents/1/uploads/2","accountId":433241117337583618}}]}`))
	page, err := console.ActivitiesPage(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, `{"downloadUrl":"•••","accountId":433241117337583618}`, string(page.Items[0].Data))
	require.NotContains(t, string(page.Items[0].Raw), "uploads")
	require.Equal(t, 80, page.Items[0].Type)
}

func FuzzRedactedJSONStaysJSONWithoutSecrets(f *testing.F) {
	f.Add([]byte(`{"a":{"token":["x",{"y":"}"}]},"b":"\\"}`))
	f.Add([]byte(`[{"licenseKey":-1.5e3},"https://x?Signature=1"]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		redacted := wire.Redact(raw)
		require.True(t, json.Valid(redacted), "%s", redacted)
		require.Equal(t, string(redacted), string(wire.Redact(redacted)), "hidden once is hidden")
	})
}
