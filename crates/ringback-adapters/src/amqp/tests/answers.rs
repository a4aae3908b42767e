//! Answers to requesters.

use super::*;

#[tokio::test]
async fn an_answer_reaches_a_queue_but_none_of_the_house() {
    with(|bus| async move {
        let channel = raw_channel(&bus).await;
        let name = format!("answers-of-{}", bus.0.names.queue(&Queue::Dead));
        channel
            .queue_declare(
                name.as_str().into(),
                QueueDeclareOptions {
                    exclusive: true,
                    ..QueueDeclareOptions::default()
                },
                FieldTable::default(),
            )
            .await
            .unwrap();
        let own = bus.0.names.queue(&Queue::Dial);
        let to = |name: &str| (Address::Reply(name.to_owned()), Message::default());
        let outcomes = bus.publish(vec![to(&name), to(&own), to("")]).await;
        assert!(
            matches!(
                &outcomes[..],
                [Ok(()), Err(PublishError::Unroutable(refused)), Err(PublishError::Unroutable(_))]
                    if *refused == own
            ),
            "{outcomes:?}"
        );
        let got = channel
            .basic_get(name.as_str().into(), BasicGetOptions::default())
            .await
            .unwrap();
        assert!(got.is_some());
    })
    .await;
}

#[tokio::test]
async fn an_answer_reaches_a_requester_without_a_queue() {
    with(|bus| async move {
        let channel = raw_channel(&bus).await;
        let mut answers = channel
            .basic_consume(
                "amq.rabbitmq.reply-to".into(),
                "".into(),
                BasicConsumeOptions {
                    no_ack: true,
                    ..BasicConsumeOptions::default()
                },
                FieldTable::default(),
            )
            .await
            .unwrap();
        channel
            .basic_publish(
                bus.0.names.requests(),
                "a.start".into(),
                BasicPublishOptions::default(),
                b"",
                BasicProperties::default().with_reply_to("amq.rabbitmq.reply-to".into()),
            )
            .await
            .unwrap()
            .await
            .unwrap();

        let mut requests = bus.subscribe(Queue::Requests, 1).await.unwrap();
        let request = requests.next().await;
        let name = request.message().reply_to.clone().unwrap();
        let answer = Message {
            body: b"yes".to_vec(),
            ..Message::default()
        };
        let outcome = bus
            .publish(vec![(Address::Reply(name), answer)])
            .await
            .remove(0);
        assert!(outcome.is_ok(), "{outcome:?}");
        let arrived = futures_util::StreamExt::next(&mut answers)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(arrived.data, b"yes");
        request.settle(Disposition::Done).await.unwrap();
    })
    .await;
}
