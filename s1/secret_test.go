package s1

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASecretCannotBePrinted(t *testing.T) {
	t.Parallel()
	secret := NewSecret(testToken)
	client, err := New(Config{BaseURL: "https://console.test", Token: secret})
	require.NoError(t, err)
	type holder struct {
		Name   string
		Secret Secret
		hidden Secret
	}
	values := []any{secret, &secret, holder{"n", secret, secret}, &holder{"n", secret, secret}, []Secret{secret},
		map[string]Secret{"k": secret}, Config{Token: secret}, client, *client}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
			require.NotContains(t, fmt.Sprintf(verb, value), testToken, "%T with %s", value, verb)
		}
		if marshalled, err := json.Marshal(value); err == nil {
			require.NotContains(t, string(marshalled), testToken, "%T", value)
		}
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var log bytes.Buffer
			slog.New(handler(&log)).Info("config", "value", value)
			require.NotContains(t, log.String(), testToken, "%T", value)
		}
	}
	require.NotContains(t, fmt.Sprintf("%x", secret), fmt.Sprintf("%x", testToken))
	require.Equal(t, "•••", fmt.Sprint(secret))
	require.Equal(t, testToken, secret.Reveal())
}

func TestASecretComesFromText(t *testing.T) {
	t.Parallel()
	var settings struct{ Password Secret }
	require.NoError(t, json.Unmarshal([]byte(`{"Password":"hunter2!"}`), &settings))
	require.Equal(t, "hunter2!", settings.Password.Reveal())
	written, err := json.Marshal(settings)
	require.NoError(t, err)
	require.Equal(t, `{"Password":"•••"}`, string(written))
}

func TestAnEmptySecretIsSeenToBeEmpty(t *testing.T) {
	t.Parallel()
	require.True(t, Secret{}.Empty())
	require.Empty(t, Secret{}.Reveal())
	require.Empty(t, fmt.Sprintf("%v", Secret{}))
	require.False(t, NewSecret("x").Empty())
}
