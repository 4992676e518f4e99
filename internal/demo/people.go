package demo

import "vanthu/internal/org"

// The province Mẫu (H99): its agencies and people. Short names are sign-in
// names. Everything here is invented.

type agency struct {
	code, alt, store, short string
	name                    string
	superior, place         string
	parent                  string
	hubState                string
	units                   []unit
	people                  []person // outside units
}

type unit struct {
	short, name string
	people      []person
}

type person struct {
	login, name, title string
	fields             string
	roles              []org.Role
	signs              bool // has a certificate
}

func roles(r ...org.Role) []org.Role { return r }

var province = []agency{
	{
		code: "000.00.01.H99", alt: "H99.01", store: "ubt", short: "UBND", name: "Văn phòng UBND tỉnh Mẫu",
		superior: "UBND TỈNH MẪU", place: "Mẫu", hubState: "official",
		people: []person{
			{"ngoc", "Đỗ Bích Ngọc", "Văn thư", "", roles(org.Clerk), false},
			{"kien", "Phạm Trung Kiên", "Chánh Văn phòng", "", roles(org.Leader, org.Head), true},
			{"duc", "Hoàng Minh Đức", "Phó Chánh Văn phòng", "", roles(org.Chief), false},
		},
		units: []unit{{"TH", "Phòng Tổng hợp", []person{
			{"hai", "Vũ Thanh Hải", "Trưởng phòng", "", roles(org.UnitLeader), false},
			{"linh", "Ngô Khánh Linh", "Chuyên viên", "", roles(org.Official), false},
		}}},
	},
	{
		code: "000.00.10.H99", alt: "H99.10", store: "stttt", short: "STTTT", name: "Sở Thông tin và Truyền thông",
		superior: "UBND TỈNH MẪU", place: "Mẫu", parent: "000.00.01.H99", hubState: "official",
		people: []person{
			{"vh1", "Đinh Công Vinh", "Vận hành trục", "", roles(org.Operator, org.Official), false},
			{"hanh", "Lý Thị Hạnh", "Văn thư", "", roles(org.Clerk), false},
			{"thang", "Bùi Đức Thắng", "Giám đốc", "", roles(org.Leader, org.Head), true},
		},
	},
	{
		code: "000.00.12.H99", alt: "H99.12", store: "snv", short: "SNV", name: "Sở Nội vụ",
		superior: "UBND TỈNH MẪU", place: "Mẫu", parent: "000.00.01.H99", hubState: "official",
		people: []person{
			{"yen", "Phan Hải Yến", "Văn thư", "", roles(org.Clerk), false},
			{"long", "Trịnh Thành Long", "Giám đốc", "", roles(org.Leader, org.Head), true},
		},
		units: []unit{{"CCHC", "Phòng Cải cách hành chính", []person{
			{"dao", "Nguyễn Anh Đào", "Trưởng phòng", "", roles(org.UnitLeader), false},
			{"quy", "Tạ Ngọc Quý", "Chuyên viên", "", roles(org.Official), false},
		}}},
	},
	{
		code: "000.00.15.H99", alt: "H99.15", store: "sxd", short: "SXD", name: "Sở Xây dựng",
		superior: "UBND TỈNH MẪU", place: "Mẫu", parent: "000.00.01.H99", hubState: "official",
		people: []person{
			{"lan", "Trần Thị Lan", "Văn thư", "", roles(org.Clerk), false},
			{"hung", "Lê Quốc Hùng", "Giám đốc", "", roles(org.Leader, org.Head), true},
			{"mai", "Đặng Tuyết Mai", "Phó Giám đốc", "quy hoạch", roles(org.Leader), true},
			{"phuc", "Nguyễn Hồng Phúc", "Chánh Văn phòng", "", roles(org.Chief), false},
			{"tam", "Cao Minh Tâm", "Quản trị mạng", "", roles(org.Admin), false},
			{"luu", "Dương Văn Lưu", "Cán bộ lưu trữ", "", roles(org.Archivist), false},
			{"nga", "Mai Thúy Nga", "Chuyên viên", "", roles(org.Official), false},
		},
		units: []unit{
			{"KT", "Phòng Kinh tế xây dựng", []person{
				{"thu", "Phạm Minh Thu", "Trưởng phòng", "", roles(org.UnitLeader), false},
				{"an", "Nguyễn Hoài An", "Chuyên viên", "", roles(org.Official), false},
			}},
			{"QH", "Phòng Quy hoạch", []person{
				{"son", "Võ Thái Sơn", "Trưởng phòng", "quy hoạch", roles(org.UnitLeader), false},
				{"binh", "Trương Thanh Bình", "Chuyên viên", "quy hoạch", roles(org.Official), false},
			}},
		},
	},
	{
		code: "000.00.31.H99", alt: "H99.31", store: "ubh", short: "UBH", name: "UBND huyện A",
		superior: "UBND TỈNH MẪU", place: "Huyện A", parent: "000.00.01.H99", hubState: "official",
		people: []person{
			{"hoa", "Lê Thị Hoa", "Văn thư", "", roles(org.Clerk), false},
			{"khanh", "Nguyễn Văn Khanh", "Chủ tịch", "", roles(org.Leader, org.Head), true},
			{"vinh", "Hồ Quang Vinh", "Chánh Văn phòng", "", roles(org.Chief), false},
			{"tho", "Nguyễn Cảnh Thọ", "Chuyên viên", "", roles(org.Official), false},
		},
		units: []unit{{"KTHT", "Phòng Kinh tế và Hạ tầng", []person{
			{"cuong", "Đoàn Mạnh Cường", "Trưởng phòng", "", roles(org.UnitLeader), false},
			{"dung", "Phùng Tiến Dũng", "Chuyên viên", "", roles(org.Official), false},
		}}},
	},
	{
		code: "000.02.31.H99", alt: "H99.31.02", store: "ubx", short: "UBX", name: "UBND xã B",
		superior: "UBND HUYỆN A", place: "Xã B", parent: "000.00.31.H99", hubState: "official",
		people: []person{
			{"xuan", "Lương Thị Xuân", "Công chức Văn phòng - Thống kê", "", roles(org.Clerk, org.Chief, org.Official), false},
			{"tien", "Quách Văn Tiến", "Chủ tịch", "", roles(org.Leader, org.Head), true},
		},
	},
}

// outside are agencies of the directory that are not on the hub.
var outside = []org.Agency{
	{Code: "000.00.77.H99", AltCode: "H99.77", Name: "Hội X", Short: "HOIX", Parent: "000.00.01.H99", HubState: "not_connected"},
}
