package host

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"vanthu/internal/account"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/viet"
)

// staffColumns is the head line of a staff file.
var staffColumns = []string{"login", "name", "title", "unit", "unit_name", "roles"}

// Welcome is what one person of a staff file is told: the one-time password.
type Welcome struct{ Login, Name, OneTime string }

// EnterStaff enters the people of an agency from CSV with the columns login,
// name, title, unit (its abbreviation, empty outside units), unit_name, roles
// (codes of requirements §1.4, joined by blanks), and opens their accounts. A
// bad line refuses the whole file and is named. law:HN20-3.1 GL443-14.1
func (h *Host) EnterStaff(ctx context.Context, agency string, file io.Reader, basis string) ([]Welcome, error) {
	o, ok := h.Office(agency)
	if !ok {
		return nil, fail.Invalid("agency", "Máy chủ này không có cơ quan "+agency+".")
	}
	rows, err := readStaff(file)
	if err != nil {
		return nil, err
	}
	ids := make([]org.PersonID, len(rows))
	err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		units := map[string]org.UnitID{}
		have, err := org.Units(tx)
		if err != nil {
			return err
		}
		for _, u := range have {
			units[u.Short] = u.ID
		}
		for i, r := range rows {
			if ids[i], err = r.enter(tx, units, basis); err != nil {
				return fmt.Errorf("dòng %d (%s): %w", i+2, r.login, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []Welcome
	for i, r := range rows {
		once, err := h.Accounts.Create(ctx, account.Account{Login: r.login, Agency: agency, Person: ids[i], Name: r.name})
		if err != nil {
			return out, fmt.Errorf("tài khoản %s: %w", r.login, err)
		}
		out = append(out, Welcome{r.login, r.name, once})
	}
	return out, nil
}

type staffRow struct{ login, name, title, unit, unitName, roles string }

func readStaff(file io.Reader) ([]staffRow, error) {
	r := csv.NewReader(file)
	r.FieldsPerRecord = len(staffColumns)
	all, err := r.ReadAll()
	if err != nil {
		return nil, fail.Invalid("file", "Tệp CSV không đọc được: "+err.Error())
	}
	if len(all) == 0 || strings.Join(all[0], ",") != strings.Join(staffColumns, ",") {
		return nil, fail.Invalid("file", "Dòng đầu phải là: "+strings.Join(staffColumns, ","))
	}
	var out []staffRow
	for i, f := range all[1:] {
		for k := range f {
			f[k] = viet.NFC(strings.TrimSpace(f[k]))
		}
		row := staffRow{strings.ToLower(f[0]), f[1], f[2], f[3], f[4], f[5]}
		if row.login == "" || row.name == "" || row.roles == "" {
			return nil, fail.Invalid("file", fmt.Sprintf("Dòng %d thiếu tên đăng nhập, họ tên hoặc vai trò.", i+2))
		}
		out = append(out, row)
	}
	return out, nil
}

func (r staffRow) enter(tx *db.Tx, units map[string]org.UnitID, basis string) (org.PersonID, error) {
	if r.unit != "" && units[r.unit] == 0 {
		u, err := org.AddUnit(tx, r.unitName, r.unit, 0)
		if err != nil {
			return 0, err
		}
		units[r.unit] = u
	}
	id, err := org.AddPerson(tx, org.Person{Login: r.login, Name: r.name, Title: r.title, Unit: units[r.unit]})
	if err != nil {
		return 0, err
	}
	for _, role := range strings.Fields(r.roles) {
		if org.Role(role).String() == "" {
			return 0, fail.Invalid("roles", "Không có vai trò “"+role+"”.")
		}
		if err := org.Appoint(tx, id, org.Role(role), units[r.unit], viet.DayOf(time.Now()), basis); err != nil {
			return 0, err
		}
	}
	return id, nil
}
