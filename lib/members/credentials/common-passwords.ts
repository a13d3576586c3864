/** Passwords of eight characters and more that head every list of leaked ones, in lower case. */
const LISTED = `
00000000 01234567 0123456789 10203040 11111111 111111111 1111111111 11223344 12121212 123123123 12341234
12344321 12345678 123456789 1234567890 12345678910 123456789a 1234567a 123456aa 1234qwer 123qweasd 12qwaszx
1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 1qaz@wsx 22222222 23456789 31415926 33333333 44444444 55555555 66666666
77777777 87654321 88888888 98765432 987654321 9876543210 99999999 a1234567 a12345678 a123456789 aa123456
aa12345678 aaaaaaaa abc12345 abc123456 abcd1234 abcdefgh abcdefg1 access14 admin123 admin1234 admin12345
administrator alexander asdf1234 asdfasdf asdfghjk asdfghjkl babygirl barcelona baseball basketball benjamin
birthday blink182 bonjour1 butterfly carolina changeit changeme changeme1 charlie1 chelsea1 chocolate christian
computer cookie123 corvette counter1 dashboard default1 diamond1 dolphin1 dragon12 dragon123 einstein elephant
explorer facebook ferrari1 firebird football football1 forever1 fuckyou1 fuckyou2 garfield godzilla goldfish
grafana1 hello123 hello1234 helloworld hunter12 iloveyou iloveyou1 iloveyou2 internet isabella jennifer jessica1
jonathan jordan23 kubernetes killer12 kristina lasvegas leonardo letmein1 letmein123 liverpool london12 lovely12
manchester marlboro maverick mercedes metallica michael1 michelle midnight minecraft monkey12 monkey123 monitoring
mountain mustang1 mypassword naruto12 newpassword nicholas nintendo p@ssw0rd p@ssword pa$$word pa55word pakistan
panther1 pass1234 passw0rd passw0rd1 passwort password password! password0 password01 password1 password1!
password10 password12 password123 password1234 password2 password3 patricia patrick1 pokemon1 porsche1 postgres
princess princess1 qazwsx12 qazwsxedc q1w2e3r4 q1w2e3r4t5 qwer1234 qwerasdf qwerty12 qwerty123 qwerty1234
qwerty12345 qwertyui qwertyuiop rainbow1 rockstar1 root1234 rootroot samantha samsung1 scorpion secret123 security
server123 shadow12 slipknot snowball softball spiderman starwars startrek steelers summer2024 summer2025 summer2026
sunflower sunshine sunshine1 superman superman1 superuser swordfish sysadmin team1234 test1234 test12345 testtest
thunder1 tinkerbell toor1234 trustno1 undertaker user1234 veronica victoria volleyball welcome1 welcome12 welcome123
whatever winter2024 winter2025 winter2026 wordpass xxxxxxxx yankees1 zaq12wsx zaq1zaq1 zxcvbnm1 zxcvbnm123
pitwall1 pitwall123 pitwallpitwall
`;

const COMMON: ReadonlySet<string> = new Set(LISTED.trim().split(/\s+/));

export function isCommonPassword(password: string): boolean {
  return COMMON.has(password.toLowerCase());
}
