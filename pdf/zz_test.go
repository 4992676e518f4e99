package pdf
import ("testing";"os";"fmt")
func TestZZ(t *testing.T){
 for _, n := range []string{"vb.pdf"} {
 b,_:=os.ReadFile("/tmp/A/"+n)
 f,err:=Open(b); if err!=nil {t.Fatal(err)}
 fmt.Println(len(f.Revisions()), f.Unsignable())
 s,err:=f.Text(); fmt.Println(s,err)
 for _,q:=range []string{"Nguyễn Văn Hùng","Số:","/QĐ","ngày"} { a,err:=f.FindAnchor(q); fmt.Println(q,a.Page.Index,a.Rect,err)}
 }
}
