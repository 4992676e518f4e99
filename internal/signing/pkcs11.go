package signing

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"

	"vanthu/internal/token"
)

// Agent signs with tokens and HSMs through the agent vanthu-token, a program
// of its own on this machine: the maker's library is C.
type Agent struct{ agent *token.Client }

// NewAgent makes the driver for the agent at a socket.
func NewAgent(socket string) *Agent { return &Agent{token.NewClient(socket)} }

// Keys lists the keys on the tokens that are plugged in.
func (t *Agent) Keys(ctx context.Context) ([]Key, error) {
	list, err := t.agent.Keys(ctx)
	if err != nil {
		return nil, agentError(err)
	}
	out := make([]Key, len(list))
	for i, k := range list {
		out[i] = Key{Ref: k.ID, Label: k.Label, Device: k.Token}
		for _, der := range k.Certificates {
			c, err := x509.ParseCertificate(der)
			if err != nil {
				return nil, Refuse(NotWorked, err)
			}
			out[i].Chain = append(out[i].Chain, c)
		}
	}
	return out, nil
}

// pinNotes warn before a try that may be the last.
var pinNotes = map[token.PINState]string{
	token.PINLow: "Mã PIN đã bị nhập sai trước đó.", token.PINFinal: "Mã PIN còn một lần thử, sai nữa thì thiết bị bị khóa.",
}

// Need tells whether the token wants a PIN, and how many tries it may have left.
func (t *Agent) Need(ctx context.Context, c Certificate) (Need, error) {
	list, err := t.agent.Keys(ctx)
	if err != nil {
		return Need{}, agentError(err)
	}
	for _, k := range list {
		if !k.Named(c.KeyRef) {
			continue
		}
		if k.State == token.PINLocked {
			return Need{}, Refuse(PINLocked, nil)
		}
		return Need{PIN: k.PIN, Note: pinNotes[k.State], Most: token.MaxDigests}, nil
	}
	return Need{}, Refuse(NoKey, nil)
}

// Sign has the token sign.
func (t *Agent) Sign(ctx context.Context, c Certificate, consent Consent, digests [][]byte, hash crypto.Hash) ([][]byte, error) {
	out, err := t.agent.Sign(ctx, token.SignRequest{Key: c.KeyRef, PIN: consent.PIN, Hash: hash.String(), Digests: digests})
	if err != nil {
		return nil, agentError(err)
	}
	return out, nil
}

var agentStates = map[token.Code]State{
	token.NoKey: NoKey, token.NeedPIN: PINNeeded, token.WrongPIN: PINWrong, token.LockedPIN: PINLocked, token.BadRequest: NotWorked, token.Failed: NotWorked,
	token.NoWay: CannotOpen, token.BadData: NotWorked,
}

func agentError(err error) error {
	var e *token.Error
	if !errors.As(err, &e) {
		return Refuse(AgentAway, err)
	}
	r := Refuse(agentStates[e.Code], err)
	if e.Code == token.WrongPIN && e.State == token.PINFinal {
		r = r.Then("Còn một lần thử; nếu không chắc, đừng nhập nữa mà hỏi đơn vị cấp thiết bị.")
	}
	return r
}
