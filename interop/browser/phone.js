// A phone in a page: registers over a WebSocket with SHA-256 and answers every call with 486.
// `registered` and `called` are promises that the test waits for.

const host = location.host;
const domain = 'demo.test';
const via = () => `SIP/2.0/WS browser.invalid;branch=z9hG4bK${crypto.randomUUID()}`;

const hex = async (text) => {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

const header = (message, name) => message.match(new RegExp(`^${name}: *(.*)$`, 'mi'))?.[1].trim();

const authorization = async (challenge, user, password) => {
  const field = (name) => challenge.match(new RegExp(`${name}="([^"]*)"`))[1];
  const [realm, nonce, uri, cnonce] = [field('realm'), field('nonce'), `sip:${domain}`, crypto.randomUUID()];
  const ha1 = await hex(`${user}:${realm}:${password}`);
  const ha2 = await hex(`REGISTER:${uri}`);
  const response = await hex(`${ha1}:${nonce}:00000001:${cnonce}:auth:${ha2}`);
  return `Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
    `response="${response}", algorithm=SHA-256, cnonce="${cnonce}", qop=auth, nc=00000001\r\n`;
};

const start = (user, password) => {
  const callId = crypto.randomUUID();
  const socket = new WebSocket(`ws://${host}/ws/sip`, 'sip');
  const register = (cseq, more) => socket.send(
    `REGISTER sip:${domain} SIP/2.0\r\nVia: ${via()}\r\nMax-Forwards: 70\r\nFrom: <sip:${user}@${domain}>;tag=b\r\n` +
    `To: <sip:${user}@${domain}>\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} REGISTER\r\n` +
    `Contact: <sip:${user}@browser.invalid;transport=ws>;expires=300\r\n${more}Content-Length: 0\r\n\r\n`);

  const busy = (request) => {
    const copied = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq): /i.test(line)).join('\r\n');
    socket.send(`SIP/2.0 486 Busy Here\r\n${copied}\r\nTo: ${header(request, 'To')};tag=busy\r\nContent-Length: 0\r\n\r\n`);
  };

  socket.onopen = () => register(1, '');
  globalThis.registered = new Promise((resolve) => {
    globalThis.called = new Promise((wasCalled) => {
      socket.onclose = () => { resolve('closed'); wasCalled('closed'); };
      socket.onmessage = async ({ data }) => {
        const status = data.match(/^SIP\/2\.0 (\d+)/)?.[1];
        const challenge = data.split('\r\n').find((line) => /^WWW-Authenticate: .*algorithm=SHA-256/i.test(line));
        if (status === '401' && challenge && header(data, 'CSeq').startsWith('1 ')) {
          register(2, await authorization(challenge, user, password));
        } else if (status) {
          resolve(`${status} ${socket.protocol}`);
        } else if (data.startsWith('INVITE ')) {
          busy(data);
        } else if (data.startsWith('ACK ')) {
          wasCalled('486 was acknowledged');
        }
      };
    });
  });
};
