package approvals

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

// KeySize is how long the key is that seals secrets.
//
// AES-256 takes 32 bytes. The setting is S1BOT_SECRET_KEY, in base64.
const KeySize = 32

// sealVersion is the first byte of what is sealed, so that another way of sealing can follow one day.
const sealVersion = 1

// What keeps a secret from being sealed or opened.
var (
	ErrNoKey  = errors.New("there is no key to seal secrets with")
	ErrSealed = errors.New("the request's sealed secret can't be opened: the key is different, or the secret was changed")
)

// newSeal is AES-256-GCM with key; nil without one.
//
// The nonce is random and stands before what is sealed. NIST SP 800-38D allows 2^32 messages under
// one key that way; each is one request with a password.
func newSeal(key []byte) (cipher.AEAD, error) {
	if len(key) == 0 {
		return nil, nil
	}
	if len(key) != KeySize {
		return nil, fmt.Errorf("approvals: a key has %d bytes, not %d", KeySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seals reports whether secrets can be sealed: whether there is a key.
func (l *Ledger) Seals() bool { return l.seal != nil }

// Seal puts what the run of r needs and nobody may read into r, and gives r its id, to which it is
// bound: in another request's row it cannot be opened. R is not submitted yet. What was sealed
// stays until the request ends, however it does.
//
// Binding it to the id keeps somebody who may write the database from moving a sealed password into
// a request of their own, approving that, and reading the password from what it does.
func (l *Ledger) Seal(r Request, secret []byte) (Request, error) {
	if l.seal == nil {
		return r, ErrNoKey
	}
	r.ID = l.newID()
	r.Sealed = l.seal.Seal([]byte{sealVersion}, nil, secret, bound(r.ID))
	return r, nil
}

// Unseal returns what Seal put into r, or nothing where nothing was.
func (l *Ledger) Unseal(r Request) ([]byte, error) {
	switch {
	case len(r.Sealed) == 0:
		return nil, nil
	case l.seal == nil:
		return nil, fmt.Errorf("%w: %w", ErrSealed, ErrNoKey)
	case r.Sealed[0] != sealVersion:
		return nil, ErrSealed
	}
	secret, err := l.seal.Open(nil, nil, r.Sealed[1:], bound(r.ID))
	if err != nil {
		return nil, ErrSealed // which of the two, the cipher does not tell
	}
	return secret, nil
}

// bound is what a sealed secret is bound to.
func bound(id string) []byte { return append([]byte("s1bot request "), id...) }
