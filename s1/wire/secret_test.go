package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

func TestASecretCannotBePrinted(t *testing.T) {
	t.Parallel()
	secret := s1.NewSecret(consoletest.TestToken)
	client, err := s1.New(s1.Config{BaseURL: "https://console.test", Token: secret})
	require.NoError(t, err)
	type holder struct {
		Name   string
		Secret s1.Secret
		hidden s1.Secret
	}
	values := []any{secret, &secret, holder{"n", secret, secret}, &holder{"n", secret, secret}, []s1.Secret{secret},
		map[string]s1.Secret{"k": secret}, s1.Config{Token: secret}, client, *client}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
			require.NotContains(t, fmt.Sprintf(verb, value), consoletest.TestToken, "%T with %s", value, verb)
		}
		if marshalled, err := json.Marshal(value); err == nil {
			require.NotContains(t, string(marshalled), consoletest.TestToken, "%T", value)
		}
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var log bytes.Buffer
			slog.New(handler(&log)).Info("config", "value", value)
			require.NotContains(t, log.String(), consoletest.TestToken, "%T", value)
		}
	}
	require.NotContains(t, fmt.Sprintf("%x", secret), fmt.Sprintf("%x", consoletest.TestToken))
	require.Equal(t, "•••", fmt.Sprint(secret))
	require.Equal(t, consoletest.TestToken, secret.Reveal())
}

func TestASecretComesFromText(t *testing.T) {
	t.Parallel()
	var settings struct{ Password s1.Secret }
	require.NoError(t, json.Unmarshal([]byte(`{"Password":"hunter2!"}`), &settings))
	require.Equal(t, "hunter2!", settings.Password.Reveal())
	written, err := json.Marshal(settings)
	require.NoError(t, err)
	require.Equal(t, `{"Password":"•••"}`, string(written))
}

func TestAnEmptySecretIsSeenToBeEmpty(t *testing.T) {
	t.Parallel()
	require.True(t, s1.Secret{}.Empty())
	require.Empty(t, s1.Secret{}.Reveal())
	require.Empty(t, fmt.Sprintf("%v", s1.Secret{}))
	require.False(t, s1.NewSecret("x").Empty())
}
