// 远程面试: two browsers find each other through short messages left at the server; picture and sound go from one to the other.
// The employer's side offers, the seeker's side answers. Whoever (re)loads says hello, and the offer is made anew.

const room = document.querySelector("[data-room]");
const BEAT = 1200;

function field(name) {
  return room.querySelector(`[data-${name}]`);
}

function say(text) {
  field("state").textContent = text;
}

class Room {
  constructor() {
    this.isEmployer = room.dataset.side === "employer";
    this.after = Number(room.dataset.after);
    this.out = [];
    this.peer = null;
    this.stream = null;
    this.call = "";
    this.early = [];
    this.other = room.dataset.other;
    this.isBeating = false;
    this.isLeaving = false;
  }

  async start() {
    await this.listen();
    this.out.push(["hello", ""]);
    this.keepUp();
  }

  // Words go out and come in without a camera too; one beat at a time.
  keepUp() {
    if (this.isBeating) return;
    this.isBeating = true;
    room.dataset.live = "yes";
    this.beat();
  }

  // Camera and microphone, or the microphone alone, or words only: each is enough to talk.
  async listen() {
    if (!navigator.mediaDevices) {
      say("这个网址不能用摄像头（要用 https 打开），可以用文字交谈。");
      return;
    }
    for (const wanted of [{ video: true, audio: true }, { audio: true }]) {
      try {
        this.stream = await navigator.mediaDevices.getUserMedia(wanted);
        break;
      } catch {
        this.stream = null;
      }
    }
    if (this.stream) {
      field("mine").srcObject = this.stream;
    } else {
      say("没有打开摄像头和麦克风，可以用文字交谈。");
    }
  }

  open() {
    this.close();
    this.early = [];
    const peer = new RTCPeerConnection({ iceServers: JSON.parse(room.dataset.ice) });
    this.peer = peer;
    this.stream?.getTracks().forEach((track) => peer.addTrack(track, this.stream));
    if (this.isEmployer && !this.stream) {
      peer.addTransceiver("video", { direction: "recvonly" });
      peer.addTransceiver("audio", { direction: "recvonly" });
    }
    peer.onicecandidate = ({ candidate }) => {
      if (candidate) this.out.push(["ice", JSON.stringify({ call: this.call, candidate })]);
    };
    peer.ontrack = ({ streams }) => {
      [field("theirs").srcObject] = streams;
    };
    peer.onconnectionstatechange = () => {
      if (this.peer !== peer) return;
      room.dataset.link = peer.connectionState;
      if (peer.connectionState === "connected") say(`已接通${this.other}。`);
      if (peer.connectionState === "failed") say("画面接不通，正在重试；可以先用文字交谈。");
      if (peer.connectionState === "failed" && this.isEmployer) this.offer();
    };
    return peer;
  }

  close() {
    this.peer?.close();
    this.peer = null;
  }

  async offer() {
    const peer = this.open();
    this.call = crypto.randomUUID();
    await peer.setLocalDescription(await peer.createOffer());
    this.out.push(["offer", JSON.stringify({ call: this.call, sdp: peer.localDescription.sdp })]);
  }

  async answer({ call, sdp }) {
    const peer = this.open();
    this.call = call;
    await peer.setRemoteDescription({ type: "offer", sdp });
    await peer.setLocalDescription(await peer.createAnswer());
    this.out.push(["answer", JSON.stringify({ call, sdp: peer.localDescription.sdp })]);
  }

  async hear({ kind, body }) {
    if (kind === "text") {
      this.write(this.other, body);
    } else if (kind === "hello" && this.isEmployer) {
      await this.offer();
    } else if (kind === "hello") {
      this.out.push(["hello", ""]);
    } else if (kind === "offer" && !this.isEmployer) {
      await this.answer(JSON.parse(body));
    } else if (kind === "answer" || kind === "ice") {
      await this.join(kind, JSON.parse(body));
    }
  }

  async join(kind, said) {
    if (!this.peer || said.call !== this.call) return; // of a connection that is over
    if (kind === "answer") {
      await this.peer.setRemoteDescription({ type: "answer", sdp: said.sdp });
      for (const candidate of this.early.splice(0)) await this.peer.addIceCandidate(candidate);
    } else if (this.peer.remoteDescription) {
      await this.peer.addIceCandidate(said.candidate);
    } else {
      this.early.push(said.candidate);
    }
  }

  write(who, text) {
    const line = document.createElement("li");
    line.textContent = `${who}：${text}`;
    field("words").append(line);
    line.scrollIntoView({ block: "nearest" });
  }

  async beat() {
    const sent = this.out.splice(0);
    try {
      const form = new URLSearchParams({ after: this.after, sent: JSON.stringify(sent) });
      const answer = await fetch(room.dataset.exchange, {
        method: "POST", body: form, headers: { "X-CSRFToken": room.dataset.token },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      await this.take(await answer.json());
    } catch {
      this.out.unshift(...sent); // nothing is lost while the line is down
      say("网络断了，正在重连……");
    }
    if (!this.isOver) setTimeout(() => this.beat(), BEAT);
  }

  async take({ heard, here, over }) {
    if (over) {
      this.isOver = true;
      this.close();
      this.stream?.getTracks().forEach((track) => track.stop());
      if (!this.isLeaving) location.reload();
      return;
    }
    if (!here) say(`正在等${this.other}进来……`);
    else if (!this.peer || this.peer.connectionState !== "connected") say(`${this.other}已经进来，正在接通……`);
    for (const one of heard) {
      this.after = Math.max(this.after, one.id);
      await this.hear(one);
    }
  }
}

if (room) {
  const meeting = new Room();
  field("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = event.target.elements.text;
    const text = input.value.trim();
    if (!text) return;
    meeting.out.push(["text", text]);
    meeting.write("我", text);
    input.value = "";
    meeting.keepUp();
  });
  // A form that ends the talk leads elsewhere; the beat that hears of the end must not overtake it.
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) meeting.isLeaving = true;
  });
  field("enter").addEventListener("click", () => {
    field("enter").hidden = true;
    field("stage").hidden = false;
    meeting.start();
  });
}
